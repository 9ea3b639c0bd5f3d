#include "server/ingest/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <snappy.h>

#include <bit>
#include <map>
#include <set>

#include "server/null_storage_for_test.h"
#include "server/write_request_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using tsdb::Labels;

constexpr int64_t kNow = 1'700'000'000'000;

// A series that has nothing but a name, as the fake prints it.
std::string Named(std::string_view metric) {
  return Labels::Must({{"__name__", metric}}).ToString();
}

// A storage of maps that keeps the first value of each time.
class FakeStorage : public NullStorage {
 public:
  using Key = std::pair<std::string, int64_t>;  // labels as text, time
  std::map<Key, double> floats;
  std::map<Key, tsdb::FloatHistogram> histograms;
  std::map<Key, std::string> exemplars;  // their labels
  std::map<std::string, tsdb::Metadata> metadata;
  std::set<std::string> series;  // as created
  std::string tenant;
  Status commit_status;
  Status get_series_status;  // for metrics called "new"
  int64_t oldest = 0;

  std::unique_ptr<tsdb::Appender> NewAppender(std::string_view t) override;
};

class FakeAppender : public tsdb::Appender {
 public:
  explicit FakeAppender(FakeStorage& storage) : storage_(storage) {}

  StatusOr<tsdb::SeriesRef> GetSeries(const Labels& labels) override {
    if (labels.metric_name() == "new" && !storage_.get_series_status.ok()) {
      return storage_.get_series_status;
    }
    if (labels.size() > 64) return InvalidArgument("65 labels, the limit is 64");
    series_.push_back(labels.ToString());
    return static_cast<tsdb::SeriesRef>(series_.size() - 1);
  }
  Status Append(tsdb::SeriesRef series, const tsdb::Sample& s, int64_t) override {
    if (s.t < storage_.oldest) return OutOfRange("older than raw retention");
    floats_.push_back({{series_[series], s.t}, s.v});
    return OkStatus();
  }
  Status AppendHistogram(tsdb::SeriesRef series, int64_t t, const tsdb::FloatHistogram& h,
                         int64_t) override {
    histograms_.push_back({{series_[series], t}, h});
    return OkStatus();
  }
  Status AppendExemplar(tsdb::SeriesRef series, const tsdb::Exemplar& e) override {
    exemplars_.push_back({{series_[series], e.t}, e.labels.ToString()});
    return OkStatus();
  }
  Status SetMetadata(std::string_view metric, const tsdb::Metadata& m) override {
    metadata_.emplace_back(metric, m);
    return OkStatus();
  }
  StatusOr<tsdb::CommitReport> Commit() override {
    RETURN_IF_ERROR(storage_.commit_status);
    tsdb::CommitReport report;
    for (const auto& [key, v] : floats_) {
      const auto [it, fresh] = storage_.floats.try_emplace(key, v);
      if (fresh) {
        ++report.written;
      } else if (std::bit_cast<uint64_t>(it->second) == std::bit_cast<uint64_t>(v)) {
        ++report.duplicates;
      } else {
        report.conflicts.push_back({0, key.second});
      }
    }
    report.written += histograms_.size();
    storage_.histograms.insert(histograms_.begin(), histograms_.end());
    storage_.exemplars.insert(exemplars_.begin(), exemplars_.end());
    storage_.metadata.insert(metadata_.begin(), metadata_.end());
    storage_.series.insert(series_.begin(), series_.end());
    return report;
  }

 private:
  FakeStorage& storage_;
  std::vector<std::string> series_;
  std::vector<std::pair<FakeStorage::Key, double>> floats_;
  std::vector<std::pair<FakeStorage::Key, tsdb::FloatHistogram>> histograms_;
  std::vector<std::pair<FakeStorage::Key, std::string>> exemplars_;
  std::vector<std::pair<std::string, tsdb::Metadata>> metadata_;
};

std::unique_ptr<tsdb::Appender> FakeStorage::NewAppender(std::string_view t) {
  tenant = t;
  return std::make_unique<FakeAppender>(*this);
}

class IngestTest : public testing::Test {
 protected:
  IngestTest() { Configure(IngestOptions()); }

  void Configure(IngestOptions options) {
    options.clock = &clock_;
    routes_ = IngestRoutes(
        std::move(options), [this] { return ready_ ? &storage_ : nullptr; }, metrics_);
  }

  HttpResponse Post(std::string body, std::map<std::string, std::string, std::less<>> headers = {
                                          {"content-type", "application/x-protobuf"},
                                          {"content-encoding", "snappy"}}) {
    HttpRequest request;
    request.method = "POST";
    request.headers = std::move(headers);
    request.body = std::move(body);
    HttpResponse response;
    routes_[0].handler(request, response);
    return response;
  }

  static std::string Encode(const proto::WriteRequest& request) {
    const std::string body = request.SerializeAsString();
    std::string out;
    snappy::Compress(body.data(), body.size(), &out);
    return out;
  }
  HttpResponse Send(const proto::WriteRequest& request) { return Post(Encode(request)); }

  using Pairs = std::vector<std::pair<std::string, std::string>>;
  double Metric(std::string_view name, std::string_view label = {}) const {
    for (const Metrics::Family& family : metrics_.Collect()) {
      if (family.name != name) continue;
      for (const Metrics::Child& child : family.children) {
        if (label.empty() || child.labels.at(0).second == label) return child.value;
      }
    }
    ADD_FAILURE() << "no metric " << name;
    return -1;
  }

  FakeClock clock_{kNow};
  FakeStorage storage_;
  bool ready_ = true;
  Metrics metrics_;
  std::vector<Route> routes_;
};

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
  IngestOptions options;
  options.conflicts.tenants["default"] = tsdb::ConflictPolicy::kRefuse;
  Configure(options);
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
  const std::string body = Encode({});
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
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const Headers kRetry = {{"Retry-After", "5"}};

  ready_ = false;
  HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "starting: replaying the journal\n");
  EXPECT_EQ(response.headers, kRetry);

  ready_ = true;
  storage_.commit_status = Unavailable("the disk is full");
  response = Send(request);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "the disk is full\n");
  EXPECT_EQ(response.headers, kRetry);

  storage_.commit_status = OkStatus();
  storage_.get_series_status = Unavailable("memory budget is spent");
  response = Send(request);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers, kRetry);
  EXPECT_TRUE(storage_.floats.empty());

  storage_.get_series_status = ResourceExhausted("1000 series of 1000");
  response = Send(request);
  EXPECT_EQ(response.status, 429);
  EXPECT_THAT(response.body, StartsWith("stored 1 of 2 samples; refused 1: 1 x no budget"));
  EXPECT_EQ(response.headers, kRetry);
  EXPECT_EQ(storage_.floats.size(), 1u);
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
  EXPECT_EQ(Post(Encode({}), {}).status, 400);
  EXPECT_EQ(Post(Encode({}), {{"x-scope-orgid", "payments"}}).status, 204);
  EXPECT_EQ(storage_.tenant, "payments");
}

}  // namespace
}  // namespace tidemark::server
