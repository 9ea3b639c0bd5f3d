#include "server/ingest/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <snappy.h>

#include <bit>
#include <set>

#include "server/ingest/ingest_for_test.h"
#include "server/ingest/retry_after.h"
#include "server/write_request_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(IngestTest, StoresEverythingAndAnswers204) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"job", "api"}, {"__name__", "up"}}), kNow, 1);
  proto::TimeSeries* series = AddSeries(request, {{"__name__", "latency"}});
  proto::Histogram* h = series->add_histograms();
  h->set_count_int(2);
  h->set_zero_count_int(2);
  h->set_timestamp(kNow);
  proto::Exemplar* exemplar = series->add_exemplars();
  exemplar->set_timestamp(kNow);
  exemplar->add_labels()->set_name("trace_id");
  exemplar->mutable_labels(0)->set_value("abc");
  proto::MetricMetadata* metadata = request.add_metadata();
  metadata->set_metric_family_name("latency");
  metadata->set_type(proto::MetricMetadata::HISTOGRAM);
  metadata->set_unit("seconds");

  const HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  EXPECT_TRUE(response.headers.empty());
  EXPECT_EQ(storage_.tenant, "default");
  EXPECT_EQ((storage_.floats[{R"({__name__="up", job="api"})", kNow}]), 1);
  EXPECT_EQ((storage_.histograms[{Named("latency"), kNow}].count), 2);
  EXPECT_EQ((storage_.exemplars[{Named("latency"), kNow}]), R"({trace_id="abc"})");
  EXPECT_EQ(storage_.metadata["latency"].type, tsdb::MetricType::kHistogram);
  EXPECT_EQ(storage_.metadata["latency"].unit, "seconds");
  EXPECT_EQ(Metric("tidemark_ingest_samples_total", "float"), 1);
  EXPECT_EQ(Metric("tidemark_ingest_samples_total", "histogram"), 1);
  EXPECT_EQ(Metric("tidemark_ingest_exemplars_total"), 1);
  EXPECT_EQ(Metric("tidemark_ingest_metadata_total"), 1);
  EXPECT_GT(Metric("tidemark_ingest_decoded_bytes_total"), 50);
}

TEST_F(IngestTest, NaNsPassBitByBit) {
  proto::WriteRequest request;
  proto::TimeSeries* series = AddSeries(request, {{"__name__", "x"}});
  const uint64_t kBits[] = {tsdb::kStaleNaNBits, 0x7ff8000000000001, 0xfff8000000000000,
                            0x8000000000000000};
  for (int i = 0; i < 4; ++i) AddSample(series, kNow + i, std::bit_cast<double>(kBits[i]));
  EXPECT_EQ(Send(request).status, 204);
  for (int i = 0; i < 4; ++i) {
    const double stored = storage_.floats[{Named("x"), kNow + i}];
    EXPECT_EQ(std::bit_cast<uint64_t>(stored), kBits[i]);
  }
}

TEST_F(IngestTest, RefusesTheInvalidAndStoresTheRest) {
  const struct {
    const char* reason;
    Pairs labels;
    int64_t t;
    const char* answer;
    double so_far;
  } kCases[] = {
      {"no_metric_name", {{"job", "api"}}, kNow, "1 x no metric name (e.g. {job=\"api\"})", 1},
      {"no_metric_name", {}, kNow, "1 x no metric name (e.g. {})", 2},
      {"empty_label_name",
       {{"__name__", "a"}, {"", "1"}},
       kNow,
       "1 x empty label name (e.g. {__name__=\"a\", \"\"=\"1\"})",
       1},
      {"duplicate_label_name",
       {{"__name__", "a"}, {"b", "1"}, {"b", "2"}},
       kNow,
       "1 x duplicate label name (e.g. {__name__=\"a\", b=\"1\", b=\"2\"})",
       1},
      {"too_far_in_future",
       {{"__name__", "a"}},
       kNow + 600'001,
       "1 x further ahead than ingest.max_future (e.g. {__name__=\"a\"}: timestamp 1700000600001)",
       1},
      {"too_old",
       {{"__name__", "a"}},
       999,
       "1 x older than storage.retention.raw (e.g. {__name__=\"a\"}: older than raw retention)",
       1},
  };
  storage_.oldest = 1000;
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.answer);
    storage_.floats.clear();
    proto::WriteRequest request;
    AddSample(AddSeries(request, {{"__name__", "before"}}), kNow, 1);
    AddSample(AddSeries(request, c.labels), c.t, 2);
    AddSample(AddSeries(request, {{"__name__", "after"}}), kNow + 600'000, 3);
    const HttpResponse response = Send(request);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, std::string("stored 2 of 3 samples; refused 1: ") + c.answer + "\n");
    EXPECT_EQ(storage_.floats.size(), 2u);
    EXPECT_EQ(Metric("tidemark_ingest_refused_total", c.reason), c.so_far);
  }
  EXPECT_EQ(Metric("tidemark_ingest_samples_total", "float"), 12);
}

TEST_F(IngestTest, RefusedSamplesCreateNoSeries) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "future"}}), kNow + 3'600'000, 1);
  AddSample(AddSeries(request, {{"__name__", "now"}}), kNow, 1);
  EXPECT_EQ(Send(request).status, 400);
  EXPECT_EQ(storage_.series, (std::set<std::string>{Named("now")}));
}

TEST_F(IngestTest, TheClockAtArrivalDecidesWhatIsTooFarAhead) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "x"}}), kNow + 700'000, 1);
  EXPECT_EQ(Send(request).status, 400);
  clock_.Advance(100'000);
  EXPECT_EQ(Send(request).status, 204);
}

TEST_F(IngestTest, LabelsPastTheirLimitsAreRefusedByTheStorage) {
  proto::WriteRequest request;
  Pairs labels = {{"__name__", "wide"}};
  for (int i = 0; i < 70; ++i) labels.push_back({"l" + std::to_string(i), "v"});
  AddSample(AddSeries(request, labels), kNow, 1);
  const HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("1 x labels past storage.max_label_names"));
  EXPECT_THAT(response.body, HasSubstr(": 65 labels, the limit is 64)"));
}

TEST_F(IngestTest, InvalidHistogramsExemplarsAndMetadataAreRefusedAlone) {
  proto::WriteRequest request;
  proto::TimeSeries* series = AddSeries(request, {{"__name__", "x"}});
  AddSample(series, kNow, 1);
  proto::Histogram* bad = series->add_histograms();
  bad->set_count_int(7);
  bad->set_timestamp(kNow + 1);
  proto::Histogram* good = series->add_histograms();
  good->set_timestamp(kNow + 2);
  proto::Exemplar* exemplar = series->add_exemplars();
  exemplar->add_labels()->set_name("trace_id");
  exemplar->mutable_labels(0)->set_value(std::string(121, 'x'));
  request.add_metadata()->set_help("about nothing");

  const HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, StartsWith("stored 2 of 3 samples; refused 3: 1 x invalid histogram"));
  EXPECT_THAT(response.body,
              HasSubstr("1 x invalid exemplar (e.g. {__name__=\"x\"}: labels longer than 128 "
                        "characters)"));
  EXPECT_THAT(response.body, HasSubstr("1 x invalid metadata"));
  EXPECT_EQ(storage_.histograms.size(), 1u);
  EXPECT_EQ(storage_.floats.size(), 1u);
}

TEST_F(IngestTest, SendingAgainChangesNothingAndConflictsAreCounted) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "x"}}), kNow, 1);
  EXPECT_EQ(Send(request).status, 204);
  EXPECT_EQ(Send(request).status, 204);
  EXPECT_EQ(Metric("tidemark_ingest_duplicates_total"), 1);
  request.mutable_timeseries(0)->mutable_samples(0)->set_value(2);
  EXPECT_EQ(Send(request).status, 204);
  EXPECT_EQ(Metric("tidemark_ingest_conflicts_total"), 1);
  EXPECT_EQ((storage_.floats[{Named("x"), kNow}]), 1);

  // Beside something refused, the answer tells of them too.
  AddSample(AddSeries(request, {}), kNow, 1);
  EXPECT_THAT(Send(request).body, StartsWith("stored 0 of 2 samples; refused 1: "));
  EXPECT_THAT(Send(request).body, HasSubstr("; 1 conflict with values stored before"));
}

TEST_F(IngestTest, ConflictsAreRefusedWhereThatIsThePolicy) {
  tsdb::ConflictPolicies conflicts;
  conflicts.tenants["default"] = tsdb::ConflictPolicy::kRefuse;
  Configure(IngestOptions(), conflicts);
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "x"}}), kNow, 1);
  EXPECT_EQ(Send(request).status, 204);
  EXPECT_EQ(Send(request).status, 204);
  request.mutable_timeseries(0)->mutable_samples(0)->set_value(2);
  AddSample(AddSeries(request, {{"__name__", "y"}}), kNow, 3);
  const HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            "stored 1 of 2 samples; refused 1: 1 x another value stored at the time "
            "(ingest.conflict) (e.g. {__name__=\"x\"}: timestamp 1700000000000)\n");
  EXPECT_EQ((storage_.floats[{Named("x"), kNow}]), 1);
  EXPECT_EQ((storage_.floats[{Named("y"), kNow}]), 3);
}

TEST_F(IngestTest, WrongHeadersAre415) {
  const std::string body = Encode(proto::WriteRequest());
  EXPECT_EQ(Post(body, {{"content-type", "image/png"}}).status, 415);
  EXPECT_EQ(Post(body, {{"content-encoding", "gzip"}}).status, 415);
  EXPECT_EQ(Post(body, {}).status, 204);
}

TEST_F(IngestTest, BrokenBodiesStoreNothing) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "x"}}), kNow, 1);
  const std::string good = request.SerializeAsString();
  std::string cut;
  snappy::Compress(good.data(), good.size() - 1, &cut);
  std::string tail;
  const std::string with_garbage = good + "\x0a\x7f";
  snappy::Compress(with_garbage.data(), with_garbage.size(), &tail);
  const struct {
    const char* name;
    std::string body;
    const char* answer;
  } kCases[] = {
      {"nothing", "", "snappy: the header does not hold a length\n"},
      {"no snappy", "\x05hello", "snappy: the block of 6 bytes is corrupt or cut short\n"},
      {"protobuf cut short", cut, "series 0: length 33 past the end at byte 0x0\n"},
      {"garbage after good", tail, "series 1: length 127 past the end at byte 0x23\n"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const HttpResponse response = Post(c.body);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, c.answer);
    EXPECT_TRUE(storage_.floats.empty());
  }
}

TEST_F(IngestTest, TooLargeIs413AndNamesTheSetting) {
  IngestOptions options;
  options.max_decoded_bytes = 100;
  Configure(options);
  proto::WriteRequest request;
  AddSeries(request, {{"__name__", std::string(200, 'x')}});
  const HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("more than the limit of 100 (ingest.max_decoded_bytes)"));
  EXPECT_GE(routes_[0].max_body_bytes, 100u);
}

TEST_F(IngestTest, WhatMaySucceedLaterSaysSo) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "known"}}), kNow, 1);
  AddSample(AddSeries(request, {{"__name__", "new"}}), kNow, 1);
  HttpResponse response;
  const auto expect_retry = [&response] {
    ASSERT_EQ(response.headers.size(), 1u);
    EXPECT_EQ(response.headers[0].first, "Retry-After");
    const int seconds = std::stoi(response.headers[0].second);
    EXPECT_GE(seconds, kLeastRetrySeconds);
    EXPECT_LE(seconds, kMostRetrySeconds);
  };

  ready_ = false;
  response = Send(request);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "starting: replaying the journal\n");
  expect_retry();

  ready_ = true;
  storage_.commit_status = Unavailable("the disk is full");
  response = Send(request);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "the disk is full\n");
  expect_retry();

  storage_.commit_status = OkStatus();
  storage_.get_series_status = Unavailable("memory budget is spent");
  response = Send(request);
  EXPECT_EQ(response.status, 503);
  expect_retry();
  EXPECT_TRUE(storage_.floats.empty());

  storage_.get_series_status = ResourceExhausted("1000 series of 1000");
  response = Send(request);
  EXPECT_EQ(response.status, 429);
  EXPECT_THAT(response.body, StartsWith("stored 1 of 2 samples; refused 1: 1 x no budget"));
  expect_retry();
  EXPECT_EQ(storage_.floats.size(), 1u);
}

TEST(RetryAfter, IsNotTheSameForAll) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) seen.insert(RetryAfterSeconds());
  EXPECT_GT(seen.size(), 1u);
}

TEST_F(IngestTest, AnswersStayUnderOneKibibyte) {
  proto::WriteRequest request;
  const std::string huge(5000, 'x');
  AddSample(AddSeries(request, {{"a" + huge, huge}, {"b" + huge, huge}}), kNow, 1);
  AddSample(AddSeries(request, {{"__name__", huge}, {"", huge}}), kNow, 1);
  AddSample(AddSeries(request, {{huge, huge}, {huge, huge}}), kNow, 1);
  AddSample(AddSeries(request, {{"__name__", huge}, {"b", huge}}), kNow * 2, 1);
  for (int i = 0; i < 2; ++i) request.add_metadata()->set_help(huge);
  const HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, StartsWith("stored 0 of 4 samples; refused 6: "));
  EXPECT_LE(response.body.size(), 1024u);
}

TEST_F(IngestTest, WritesForTheTenantOfTheRequest) {
  IngestOptions options;
  options.tenant = [](const HttpRequest& request) -> StatusOr<std::string> {
    const std::string_view tenant = request.Header("x-scope-orgid");
    if (tenant.empty()) return InvalidArgument("no X-Scope-OrgID");
    return std::string(tenant);
  };
  Configure(options);
  EXPECT_EQ(Post(Encode(proto::WriteRequest()), {}).status, 400);
  EXPECT_EQ(Post(Encode(proto::WriteRequest()), {{"x-scope-orgid", "payments"}}).status, 204);
  EXPECT_EQ(storage_.tenant, "payments");
}

}  // namespace
}  // namespace tidemark::server
