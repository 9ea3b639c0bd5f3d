// Remote write 2.0: what its specification and upstream's suite for receivers
// (prometheus/compliance, remotewrite/receiver) demand of a receiver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "server/ingest/ingest_for_test.h"
#include "server/ingest/request_v2_for_test.h"

namespace tidemark::server {
namespace {

using proto::v2::Metadata;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kContentType = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

struct Written {
  int samples = 0;
  int histograms = 0;
  int exemplars = 0;
  bool operator==(const Written&) const = default;
};

// What the headers of the answer say; nothing unless they are all there.
std::optional<Written> WrittenOf(const HttpResponse& response) {
  std::map<std::string, int> counts;
  for (const auto& [name, value] : response.headers) counts[name] = std::atoi(value.c_str());
  const auto count = [&counts](const char* what) {
    return counts.find(std::string("X-Prometheus-Remote-Write-") + what + "-Written");
  };
  for (const char* what : {"Samples", "Histograms", "Exemplars"}) {
    if (count(what) == counts.end()) return std::nullopt;
  }
  return Written{count("Samples")->second, count("Histograms")->second, count("Exemplars")->second};
}

class IngestV2Test : public IngestTest {
 protected:
  HttpResponse SendV2(const RequestV2& request) {
    return Post(Encode(request.message),
                {{"content-type", kContentType}, {"content-encoding", "snappy"}});
  }
  // 204, an empty body and these counts.
  void ExpectWritten(const RequestV2& request, const Written& written) {
    const HttpResponse response = SendV2(request);
    EXPECT_EQ(response.status, 204);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(WrittenOf(response), written);
  }
};

TEST_F(IngestV2Test, StoresEverythingAndSaysHowMuch) {
  RequestV2 request;
  auto* up = request.Series({{"job", "api"}, {"__name__", "up"}});
  RequestV2::AddSample(up, kNow, 1);
  RequestV2::AddSample(up, kNow + 1, 2);
  auto* latency = request.Series({{"__name__", "latency"}});
  RequestV2::AddHistogram(latency, kNow);
  request.AddExemplar(latency, {{"trace_id", "abc"}}, kNow, 1.5);
  request.SetMetadata(latency, Metadata::HISTOGRAM, "How long.", "seconds");
  ExpectWritten(request, {2, 1, 1});
  EXPECT_EQ((storage_.floats[{R"({__name__="up", job="api"})", kNow + 1}]), 2);
  EXPECT_EQ((storage_.histograms[{Named("latency"), kNow}].count), 3);
  EXPECT_EQ((storage_.exemplars[{Named("latency"), kNow}]), R"({trace_id="abc"})");
  EXPECT_EQ(storage_.metadata["latency"],
            (tsdb::Metadata{tsdb::MetricType::kHistogram, "How long.", "seconds"}));
  EXPECT_TRUE(storage_.starts.empty());
  EXPECT_EQ(Metric("tidemark_ingest_requests_total", "remote_write_2.0"), 1);
  EXPECT_EQ(Metric("tidemark_ingest_requests_total", "remote_write_1.0"), 0);
}

TEST_F(IngestV2Test, StartTimesComeFromTheSampleOrElseFromTheSeries) {
  RequestV2 request;
  auto* both = request.Series({{"__name__", "both"}});
  both->set_created_timestamp(kNow - 5000);
  RequestV2::AddSample(both, kNow, 1);
  RequestV2::AddSample(both, kNow + 1, 2, kNow - 10);
  auto* h = request.Series({{"__name__", "h"}});
  h->set_created_timestamp(kNow - 7000);
  RequestV2::AddHistogram(h, kNow);
  RequestV2::AddHistogram(h, kNow + 1)->set_start_timestamp(kNow - 20);
  ExpectWritten(request, {2, 2, 0});
  EXPECT_EQ(storage_.starts, (std::map<MapStorage::Key, int64_t>{
                                 {{Named("both"), kNow}, kNow - 5000},
                                 {{Named("both"), kNow + 1}, kNow - 10},
                                 {{Named("h"), kNow}, kNow - 7000},
                                 {{Named("h"), kNow + 1}, kNow - 20},
                             }));
}

TEST_F(IngestV2Test, FloatsAndLabelsOfEveryKindPass) {
  const double kValues[] = {0,
                            1,
                            -123.456,
                            1e10,
                            1e-10,
                            NAN,
                            HUGE_VAL,
                            -HUGE_VAL,
                            1e308,
                            5e-324,
                            std::bit_cast<double>(tsdb::kStaleNaNBits)};
  for (const double v : kValues) {
    SCOPED_TRACE(v);
    RequestV2 request;
    auto* series = request.Series({{"__name__", "x"}});
    RequestV2::AddSample(series, clock_.NowMs(), v);
    request.AddExemplar(series, {{"trace_id", "special"}}, clock_.NowMs(), v);
    ExpectWritten(request, {1, 0, 1});
    EXPECT_EQ(std::bit_cast<uint64_t>(storage_.floats[{Named("x"), clock_.NowMs()}]),
              std::bit_cast<uint64_t>(v));
    clock_.Advance(1000);
  }
  RequestV2::Pairs many = {{"__name__", "wide"}};
  for (int i = 0; i < 40; ++i) many.push_back({"label_" + std::to_string(i), "v"});
  const RequestV2::Pairs kLabels[] = {
      many,
      {{"__name__", "multi"}, {"text", "two\nlines"}},
      {{"__name__", "my.metric.with.dots"}, {"service.name", "a.b"}},
      {{"__name__", "name with spaces"}, {"a label", "a value"}},
      {{"__name__", "метрика"}, {"标签", "😀"}},
      {{"zone", "1"}, {"__name__", "unsorted"}, {"az", "2"}},
      {{"__name__", "empty_value"}, {"none", ""}},
  };
  for (const RequestV2::Pairs& labels : kLabels) {
    SCOPED_TRACE(labels[0].second);
    RequestV2 request;
    RequestV2::AddSample(request.Series(labels), kNow, 1);
    ExpectWritten(request, {1, 0, 0});
  }
}

TEST_F(IngestV2Test, HistogramsOfEveryKindPassAndCountsMustAgree) {
  RequestV2 request;
  auto* series = request.Series({{"__name__", "h"}});
  RequestV2::AddHistogram(series, kNow);
  proto::v2::Histogram* custom = series->add_histograms();
  custom->set_timestamp(kNow + 1);
  custom->set_schema(-53);
  custom->set_count_int(5);
  custom->add_custom_values(0.1);
  custom->add_custom_values(1);
  custom->add_positive_spans()->set_length(3);
  for (const int delta : {1, 1, -1}) custom->add_positive_deltas(delta);
  custom->set_count_int(4);
  proto::v2::Histogram* negative = series->add_histograms();
  negative->set_timestamp(kNow + 2);
  negative->set_count_float(2.5);
  negative->add_negative_spans()->set_length(1);
  negative->add_negative_counts(2.5);
  series->add_histograms()->set_timestamp(kNow + 3);  // empty
  ExpectWritten(request, {0, 4, 0});
  EXPECT_EQ((storage_.histograms[{Named("h"), kNow + 1}].custom_values),
            (std::vector<double>{0.1, 1}));

  RequestV2 bad;
  RequestV2::AddHistogram(bad.Series({{"__name__", "good"}}), kNow);
  RequestV2::AddHistogram(bad.Series({{"__name__", "bad"}}), kNow)->set_count_int(9);
  const HttpResponse response = SendV2(bad);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(WrittenOf(response), (Written{0, 1, 0}));
  EXPECT_THAT(response.body, StartsWith("stored 1 of 2 samples; refused 1: 1 x invalid histogram"));
}

TEST_F(IngestV2Test, OneBadSeriesDoesNotCostTheOthers) {
  const RequestV2::Pairs kNameless[] = {{{"job", "test"}}, {{"__name__", ""}}, {}};
  for (const RequestV2::Pairs& labels : kNameless) {
    RequestV2 request;
    RequestV2::AddSample(request.Series({{"__name__", "before"}}), clock_.NowMs(), 1);
    auto* nameless = request.Series(labels);
    RequestV2::AddSample(nameless, clock_.NowMs(), 1);
    request.AddExemplar(nameless, {{"trace_id", "t"}}, clock_.NowMs(), 1);
    RequestV2::AddSample(request.Series({{"__name__", "after"}}), clock_.NowMs(), 1);
    const HttpResponse response = SendV2(request);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(WrittenOf(response), (Written{2, 0, 0}));
    EXPECT_THAT(response.body,
                StartsWith("stored 2 of 3 samples; refused 2: 2 x no metric name (e.g. {"));
    clock_.Advance(1000);
  }
  RequestV2 all;
  for (int i = 0; i < 4; ++i) {
    RequestV2::AddSample(all.Series({{"n", std::to_string(i)}}), kNow, 1);
  }
  const HttpResponse response = SendV2(all);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(WrittenOf(response), Written());
}

TEST_F(IngestV2Test, BadReferencesCostWhatRefersToThemAlone) {
  RequestV2 request;
  auto* odd = request.Series({{"__name__", "odd"}});
  odd->add_labels_refs(0);
  RequestV2::AddSample(odd, kNow, 1);
  auto* outside = request.Series({{"__name__", "outside"}});
  outside->add_labels_refs(1);
  outside->add_labels_refs(999);
  RequestV2::AddSample(outside, kNow, 1);
  auto* empty = request.Series({});
  empty->add_labels_refs(999);
  auto* good = request.Series({{"__name__", "good"}});
  RequestV2::AddSample(good, kNow, 1);
  request.AddExemplar(good, {}, kNow, 1);
  good->mutable_exemplars(0)->add_labels_refs(1);
  request.AddExemplar(good, {}, kNow + 1, 1);
  good->mutable_metadata()->set_help_ref(999);
  const HttpResponse response = SendV2(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(WrittenOf(response), (Written{1, 0, 1}));
  EXPECT_EQ(storage_.floats.size(), 1u);
  EXPECT_EQ(response.body,
            "stored 1 of 3 samples; refused 5: 3 x bad reference to a symbol (e.g. "
            "{__name__=\"odd\"}: 3 label references: names and values do not pair), 1 x invalid "
            "exemplar (e.g. {__name__=\"good\"}: 1 label references: names and values do not "
            "pair), 1 x invalid metadata (e.g. {__name__=\"good\"}: reference 999 is past the 5 "
            "symbols)\n");
  EXPECT_EQ(Metric("tidemark_ingest_refused_total", "bad_symbol_reference"), 3);
}

TEST_F(IngestV2Test, ExemplarsOfAnyAgeAndWithoutSamplesPass) {
  for (const int64_t offset : {-3'600'000, -60'000, 0}) {
    RequestV2 request;
    auto* series = request.Series({{"__name__", "x"}});
    RequestV2::AddSample(series, kNow + offset, 1);
    for (int i = 0; i < 3; ++i) {
      request.AddExemplar(series, {{"trace_id", "a"}, {"span_id", "b"}}, kNow + offset + i, 1);
    }
    ExpectWritten(request, {1, 0, 3});
  }
  RequestV2 orphan;
  orphan.AddExemplar(orphan.Series({{"__name__", "orphan"}}), {}, kNow, 42);
  ExpectWritten(orphan, {0, 0, 1});
}

TEST_F(IngestV2Test, MetadataOfEveryTypeIsKeptByMetric) {
  for (int type = 0; type <= 8; ++type) {  // 8: not known yet
    RequestV2 request;
    const std::string name = "m" + std::to_string(type);
    auto* series = request.Series({{"__name__", name}});
    RequestV2::AddSample(series, kNow, 1);
    request.SetMetadata(series, static_cast<Metadata::MetricType>(type),
                        "two\nlines, \"quotes\", 😀" + std::string(1000, 'x'), "bytes/sec");
    ExpectWritten(request, {1, 0, 0});
    const auto want = type == 8 ? tsdb::MetricType::kUnknown : static_cast<tsdb::MetricType>(type);
    EXPECT_EQ(storage_.metadata[name].type, want);
    EXPECT_EQ(storage_.metadata[name].unit, "bytes/sec");
  }
  RequestV2 classic;
  for (const char* name : {"http_seconds_bucket", "http_seconds_sum", "http_seconds_count"}) {
    auto* series = classic.Series({{"__name__", name}});
    RequestV2::AddSample(series, kNow, 1);
    classic.SetMetadata(series, Metadata::HISTOGRAM, "How long.", "");
  }
  ExpectWritten(classic, {3, 0, 0});
  EXPECT_EQ(storage_.metadata["http_seconds"].help, "How long.");
  EXPECT_FALSE(storage_.metadata.contains("http_seconds_sum"));
}

TEST_F(IngestV2Test, MetadataWithoutDataPassesAndWithoutANameDoesNot) {
  RequestV2 orphan;
  orphan.SetMetadata(orphan.Series({{"__name__", "orphan"}}), Metadata::COUNTER, "Help.", "");
  ExpectWritten(orphan, {});
  EXPECT_EQ(storage_.metadata["orphan"].help, "Help.");
  RequestV2 nameless;
  auto* series = nameless.Series({{"job", "test"}});
  RequestV2::AddSample(series, kNow, 1);
  nameless.SetMetadata(series, Metadata::COUNTER, "Help.", "");
  const HttpResponse response = SendV2(nameless);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(WrittenOf(response), Written());
}

TEST_F(IngestV2Test, ManyOfEverythingAreCountedExactly) {
  RequestV2 request;
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i);
    auto* floats = request.Series({{"__name__", "requests_total"}, {"n", n}});
    RequestV2::AddSample(floats, kNow, i, kNow - 1000);
    request.SetMetadata(floats, Metadata::COUNTER, "Requests.", "");
    request.AddExemplar(floats, {{"trace_id", n}}, kNow, 1);
    auto* histograms = request.Series({{"__name__", "latency"}, {"n", n}});
    RequestV2::AddHistogram(histograms, kNow);
    request.SetMetadata(histograms, Metadata::HISTOGRAM, "Latency.", "seconds");
    request.AddExemplar(histograms, {{"trace_id", n}}, kNow, 1);
  }
  ExpectWritten(request, {50, 50, 100});
  // The metadata of each metric is told once a request.
  EXPECT_EQ(Metric("tidemark_ingest_metadata_total"), 2);
}

TEST_F(IngestV2Test, SamplesAndHistogramsInOneSeriesBothPass) {
  RequestV2 request;
  auto* series = request.Series({{"__name__", "x"}});
  RequestV2::AddSample(series, kNow, 1);
  RequestV2::AddHistogram(series, kNow + 1);
  ExpectWritten(request, {1, 1, 0});
}

TEST_F(IngestV2Test, SendingAgainIsWrittenAgainAndConflictsAreNot) {
  RequestV2 request;
  RequestV2::AddSample(request.Series({{"__name__", "x"}}), kNow, 1);
  RequestV2::AddSample(request.Series({{"__name__", "y"}}), kNow, 1);
  ExpectWritten(request, {2, 0, 0});
  ExpectWritten(request, {2, 0, 0});
  request.message.mutable_timeseries(1)->mutable_samples(0)->set_value(5);
  ExpectWritten(request, {1, 0, 0});
  EXPECT_EQ((storage_.floats[{Named("y"), kNow}]), 1);
}

TEST_F(IngestV2Test, Version1HasNoCounts) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "up"}}), kNow, 1);
  HttpResponse response = Send(request);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(WrittenOf(response), std::nullopt);
  std::string body = Encode(request);
  body[0] = '\xff';
  EXPECT_EQ(Post(body).status, 400);
}

TEST_F(IngestV2Test, WhatIsNotSupportedIs415) {
  const std::string body = Encode(RequestV2().message);
  for (const char* type : {"application/json", "image/png",
                           "application/x-protobuf;proto=io.prometheus.write.v9.Request"}) {
    EXPECT_EQ(Post(body, {{"content-type", type}, {"content-encoding", "snappy"}}).status, 415);
  }
  for (const char* encoding : {"gzip", "deflate", "identity"}) {
    EXPECT_EQ(Post(body, {{"content-type", kContentType}, {"content-encoding", encoding}}).status,
              415);
  }
}

TEST_F(IngestV2Test, BrokenBodiesStoreNothingAndSayZero) {
  RequestV2 good;
  RequestV2::AddSample(good.Series({{"__name__", "up"}}), kNow, 1);
  RequestV2 first_symbol;
  first_symbol.message.set_symbols(0, "x");
  RequestV2 no_symbols = good;
  no_symbols.message.clear_symbols();
  proto::WriteRequest version1;
  AddSample(AddSeries(version1, {{"__name__", "up"}}), kNow, 1);
  std::string corrupt = Encode(good.message);
  corrupt[corrupt.size() / 2] ^= 0x55;
  const struct {
    const char* name;
    std::string body;
    const char* answer;
  } kCases[] = {
      {"corrupt", corrupt, ""},
      {"first symbol", Encode(first_symbol.message), "the first symbol is not the empty string\n"},
      {"no symbols", Encode(no_symbols.message), "series without symbols\n"},
      {"version 1", Encode(version1), "the body is of remote write 1.0 (prometheus.WriteRequest)"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const HttpResponse response =
        Post(c.body, {{"content-type", kContentType}, {"content-encoding", "snappy"}});
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(response.body, StartsWith(c.answer));
    EXPECT_EQ(WrittenOf(response), Written());
    EXPECT_TRUE(storage_.floats.empty());
  }
}

TEST_F(IngestV2Test, WhatMaySucceedLaterSaysZeroWritten) {
  RequestV2 request;
  RequestV2::AddSample(request.Series({{"__name__", "known"}}), kNow, 1);
  RequestV2::AddSample(request.Series({{"__name__", "new"}}), kNow, 1);
  storage_.commit_status = Unavailable("the disk is full");
  HttpResponse response = SendV2(request);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(WrittenOf(response), Written());
  EXPECT_EQ(response.headers[0].first, "Retry-After");

  storage_.commit_status = OkStatus();
  storage_.get_series_status = ResourceExhausted("1000 series of 1000");
  response = SendV2(request);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(WrittenOf(response), (Written{1, 0, 0}));
}

TEST_F(IngestV2Test, WhatReferencesStandForIsBounded) {
  IngestOptions options;
  options.max_decoded_bytes = 10'000;
  Configure(options);
  RequestV2 request;
  const std::string large(4000, 'x');
  for (int i = 0; i < 4; ++i) {
    RequestV2::AddSample(request.Series({{"__name__", "x"}, {"large", large}}), kNow + i, 1);
  }
  const HttpResponse response = SendV2(request);
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("(ingest.max_decoded_bytes); send fewer samples a request"));
  EXPECT_EQ(WrittenOf(response), Written());
  EXPECT_TRUE(storage_.floats.empty());
}

TEST_F(IngestV2Test, ReadsZstdOfEitherVersion) {
  const auto compress = [](const std::string& body) {
    std::string out(ZSTD_compressBound(body.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), body.data(), body.size(), 1));
    return out;
  };
  RequestV2 v2;
  RequestV2::AddSample(v2.Series({{"__name__", "v2"}}), kNow, 1);
  EXPECT_EQ(Post(compress(v2.message.SerializeAsString()),
                 {{"content-type", kContentType}, {"content-encoding", "zstd"}})
                .status,
            204);
  proto::WriteRequest v1;
  AddSample(AddSeries(v1, {{"__name__", "v1"}}), kNow, 1);
  EXPECT_EQ(Post(compress(v1.SerializeAsString()), {{"content-encoding", "zstd"}}).status, 204);
  EXPECT_EQ(storage_.floats.size(), 2u);
  EXPECT_EQ(Post("no zstd", {{"content-encoding", "zstd"}}).status, 400);
}

}  // namespace
}  // namespace tidemark::server
