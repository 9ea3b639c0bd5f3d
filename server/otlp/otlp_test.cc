#include "server/otlp/otlp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/gzip.h"
#include "server/ingest/ingest_for_test.h"

namespace tidemark::server {
namespace {

using proto::otlp::AnyValue;
using proto::otlp::ExportMetricsServiceRequest;
using proto::otlp::Metric;
using testing::HasSubstr;

constexpr uint64_t kNano = 1'000'000;  // a millisecond

class OtlpTest : public IngestTest {
 protected:
  OtlpTest() { ConfigureOtlp(OtlpOptions()); }

  void ConfigureOtlp(OtlpOptions options) {
    IntakeOptions intake;
    intake.clock = &clock_;
    metrics_ = std::make_unique<Metrics>();
    routes_ = OtlpRoutes(
        std::move(options), [this] { return ready_ ? &storage_ : nullptr; },
        std::make_shared<Intake>(intake, *metrics_));
  }

  HttpResponse Export(const ExportMetricsServiceRequest& request) {
    return Post(request.SerializeAsString(), {{"content-type", "application/x-protobuf"}});
  }
  // Everything was taken.
  void ExpectTaken(const ExportMetricsServiceRequest& request) {
    const HttpResponse response = Export(request);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(response.content_type, "application/x-protobuf");
  }
  // What an answer of 200 says was refused.
  static std::pair<int64_t, std::string> Rejected(const HttpResponse& response) {
    EXPECT_EQ(response.status, 200);
    proto::otlp::ExportMetricsServiceResponse message;
    EXPECT_TRUE(message.ParseFromString(response.body));
    return {message.partial_success().rejected_data_points(),
            message.partial_success().error_message()};
  }

  // Values by labels as text, all at kNow.
  std::map<std::string, double> Floats() const {
    std::map<std::string, double> out;
    for (const auto& [key, v] : storage_.floats) {
      if (key.second == kNow) out[key.first] = v;
    }
    return out;
  }
};

template <typename Attributes>
void Set(Attributes* attributes, const std::string& key, const std::string& value) {
  auto* one = attributes->Add();
  one->set_key(key);
  one->mutable_value()->set_string_value(value);
}

Metric* AddMetric(ExportMetricsServiceRequest& request, const std::string& name,
                  const std::string& unit = "") {
  auto* resource = request.resource_metrics_size() > 0 ? request.mutable_resource_metrics(0)
                                                       : request.add_resource_metrics();
  auto* scope = resource->scope_metrics_size() > 0 ? resource->mutable_scope_metrics(0)
                                                   : resource->add_scope_metrics();
  Metric* metric = scope->add_metrics();
  metric->set_name(name);
  metric->set_unit(unit);
  metric->set_description("About " + name + ".");
  return metric;
}

template <typename Kind>
auto* AddPoint(Kind* kind, uint64_t flags = 0) {
  auto* point = kind->add_data_points();
  point->set_time_unix_nano(kNow * kNano);
  point->set_flags(static_cast<uint32_t>(flags));
  return point;
}

proto::otlp::Sum* CumulativeSum(Metric* metric, bool monotonic) {
  metric->mutable_sum()->set_aggregation_temporality(proto::otlp::CUMULATIVE);
  metric->mutable_sum()->set_is_monotonic(monotonic);
  return metric->mutable_sum();
}

TEST_F(OtlpTest, GaugesAndSums) {
  ExportMetricsServiceRequest request;
  auto* gauge = AddPoint(AddMetric(request, "room.temperature", "Cel")->mutable_gauge());
  gauge->set_as_double(21.5);
  Set(gauge->mutable_attributes(), "room.name", "kitchen");
  auto* counter = AddPoint(CumulativeSum(AddMetric(request, "requests", "1"), true));
  counter->set_as_int(7);
  counter->set_start_time_unix_nano((kNow - 5000) * kNano);
  auto* exemplar = counter->add_exemplars();
  exemplar->set_as_double(1);
  exemplar->set_trace_id(std::string("\x01\xab", 2));
  exemplar->set_span_id(std::string(8, '\0'));
  Set(exemplar->mutable_filtered_attributes(), "user", "u1");
  AddPoint(CumulativeSum(AddMetric(request, "queue.size"), false))->set_as_int(-3);
  ExpectTaken(request);
  EXPECT_EQ(Floats(), (std::map<std::string, double>{
                          {R"({__name__="room_temperature_celsius", room_name="kitchen"})", 21.5},
                          {R"({__name__="requests_total"})", 7},
                          {R"({__name__="queue_size"})", -3},
                      }));
  EXPECT_EQ(storage_.starts.at({Named("requests_total"), kNow}), kNow - 5000);
  EXPECT_EQ(storage_.exemplars.at({Named("requests_total"), kNow}),
            R"({trace_id="01ab", user="u1"})");
  EXPECT_EQ(storage_.metadata.at("requests_total"),
            (tsdb::Metadata{tsdb::MetricType::kCounter, "About requests.", ""}));
  EXPECT_EQ(storage_.metadata.at("room_temperature_celsius"),
            (tsdb::Metadata{tsdb::MetricType::kGauge, "About room.temperature.", "celsius"}));
  EXPECT_EQ(storage_.metadata.at("queue_size").type, tsdb::MetricType::kGauge);
  EXPECT_EQ(Metric("tidemark_ingest_requests_total", "otlp"), 1);
}

TEST_F(OtlpTest, HistogramsAreClassic) {
  ExportMetricsServiceRequest request;
  auto* histogram = AddMetric(request, "latency", "s")->mutable_histogram();
  histogram->set_aggregation_temporality(proto::otlp::CUMULATIVE);
  auto* point = AddPoint(histogram);
  point->set_count(6);
  point->set_sum(2.5);
  for (const double bound : {0.005, 1.0}) point->add_explicit_bounds(bound);
  for (const uint64_t count : {1, 2, 3}) point->add_bucket_counts(count);
  for (const double v : {0.5, 0.001, 7.0}) {
    auto* exemplar = point->add_exemplars();
    exemplar->set_as_double(v);
    exemplar->set_trace_id(std::string(1, static_cast<char>(v * 2)) + "x");
  }
  ExpectTaken(request);
  EXPECT_EQ(Floats(), (std::map<std::string, double>{
                          {R"({__name__="latency_seconds_bucket", le="0.005"})", 1},
                          {R"({__name__="latency_seconds_bucket", le="1"})", 3},
                          {R"({__name__="latency_seconds_bucket", le="+Inf"})", 6},
                          {R"({__name__="latency_seconds_count"})", 6},
                          {R"({__name__="latency_seconds_sum"})", 2.5},
                      }));
  EXPECT_EQ(storage_.exemplars.size(), 3u);
  EXPECT_EQ(storage_.exemplars.at({R"({__name__="latency_seconds_bucket", le="+Inf"})", kNow}),
            R"({trace_id="0e78"})");
  EXPECT_EQ(storage_.metadata.at("latency_seconds").type, tsdb::MetricType::kHistogram);
}

TEST_F(OtlpTest, HistogramsAreCustomBucketsWhereAskedFor) {
  OtlpOptions options;
  options.translation.custom_buckets = true;
  ConfigureOtlp(options);
  ExportMetricsServiceRequest request;
  auto* histogram = AddMetric(request, "latency", "s")->mutable_histogram();
  histogram->set_aggregation_temporality(proto::otlp::CUMULATIVE);
  auto* point = AddPoint(histogram);
  point->set_count(4);
  point->set_sum(2.5);
  for (int i = 1; i <= 5; ++i) point->add_explicit_bounds(i);
  for (const uint64_t count : {0, 1, 0, 0, 0, 3}) point->add_bucket_counts(count);
  auto* uneven = AddPoint(histogram);
  uneven->add_explicit_bounds(1);
  uneven->add_bucket_counts(1);
  const auto [rejected, why] = Rejected(Export(request));
  EXPECT_EQ(rejected, 1);
  EXPECT_THAT(why, HasSubstr("1 x not translatable from OTLP (e.g. {__name__=\"latency_seconds\"}:"
                             " 1 buckets for 1 bounds)"));
  const tsdb::FloatHistogram& h = storage_.histograms.at({Named("latency_seconds"), kNow});
  EXPECT_EQ(h.schema, tsdb::FloatHistogram::kCustomBucketsSchema);
  EXPECT_EQ(h.custom_values, (std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_EQ(h.ToString(), "{count:4, sum:2.5, (1,2]:1, (5,+Inf]:3}");
}

TEST_F(OtlpTest, ExponentialHistogramsAreNative) {
  ExportMetricsServiceRequest request;
  auto* histogram = AddMetric(request, "size", "By")->mutable_exponential_histogram();
  histogram->set_aggregation_temporality(proto::otlp::CUMULATIVE);
  auto* point = AddPoint(histogram);
  point->set_scale(0);
  point->set_count(12);
  point->set_sum(100);
  point->set_zero_count(2);
  point->mutable_positive()->set_offset(1);
  for (const uint64_t count : {3, 0, 0, 0, 4}) point->mutable_positive()->add_bucket_counts(count);
  point->mutable_negative()->set_offset(-2);
  point->mutable_negative()->add_bucket_counts(3);
  ExpectTaken(request);
  const tsdb::FloatHistogram& h = storage_.histograms.at({Named("size_bytes"), kNow});
  EXPECT_EQ(h.schema, 0);
  EXPECT_EQ(h.zero_threshold, 1e-128);
  EXPECT_EQ(h.ToString(),
            "{count:12, sum:100, [-0.5,-0.25):3, [-1e-128,1e-128]:2, (2,4]:3, (32,64]:4}");
}

TEST_F(OtlpTest, ScalesPast8AreReducedAndBelowMinus4Refused) {
  ExportMetricsServiceRequest request;
  auto* histogram = AddMetric(request, "h")->mutable_exponential_histogram();
  histogram->set_aggregation_temporality(proto::otlp::CUMULATIVE);
  auto* fine = AddPoint(histogram);
  fine->set_scale(10);
  fine->set_count(10);
  fine->mutable_positive()->set_offset(-5);  // indices -5 … 4: four are one at scale 8
  for (int i = 0; i < 10; ++i) fine->mutable_positive()->add_bucket_counts(1);
  auto* coarse = AddPoint(histogram);
  coarse->set_scale(-5);
  auto* far = AddPoint(histogram);
  far->set_count(1);
  far->mutable_positive()->set_offset(2147483647);
  far->mutable_positive()->add_bucket_counts(1);
  const auto [rejected, why] = Rejected(Export(request));
  EXPECT_EQ(rejected, 2);
  EXPECT_THAT(why, HasSubstr("cannot convert exponential to native histogram. Scale must be >= "
                             "-4, was -5"));
  const tsdb::FloatHistogram& h = storage_.histograms.at({Named("h"), kNow});
  EXPECT_EQ(h.schema, 8);
  EXPECT_EQ(h.positive_spans, (std::vector<tsdb::BucketSpan>{{-1, 4}}));
  EXPECT_EQ(h.positive_buckets, (std::vector<double>{1, 4, 4, 1}));
}

TEST_F(OtlpTest, Summaries) {
  ExportMetricsServiceRequest request;
  auto* point = AddPoint(AddMetric(request, "rpc", "ms")->mutable_summary());
  point->set_count(5);
  point->set_sum(50);
  for (const double q : {0.5, 0.99}) {
    auto* value = point->add_quantile_values();
    value->set_quantile(q);
    value->set_value(q * 10);
  }
  ExpectTaken(request);
  EXPECT_EQ(Floats(), (std::map<std::string, double>{
                          {R"({__name__="rpc_milliseconds", quantile="0.5"})", 5},
                          {R"({__name__="rpc_milliseconds", quantile="0.99"})", 9.9},
                          {R"({__name__="rpc_milliseconds_count"})", 5},
                          {R"({__name__="rpc_milliseconds_sum"})", 50},
                      }));
}

TEST_F(OtlpTest, PointsWithoutAValueEndTheirSeries) {
  ExportMetricsServiceRequest request;
  AddPoint(AddMetric(request, "g")->mutable_gauge(), /*flags=*/1);
  auto* histogram = AddMetric(request, "h")->mutable_exponential_histogram();
  histogram->set_aggregation_temporality(proto::otlp::CUMULATIVE);
  AddPoint(histogram, /*flags=*/1);
  ExpectTaken(request);
  EXPECT_TRUE(tsdb::IsStaleNaN(storage_.floats.at({Named("g"), kNow})));
  EXPECT_TRUE(storage_.histograms.at({Named("h"), kNow}).IsStale());
}

TEST_F(OtlpTest, ResourcesAreJobAndInstanceAndTargetInfo) {
  OtlpOptions options;
  options.translation.labels.promoted = {"cloud.region"};
  options.translation.labels.promote_scope = true;
  ConfigureOtlp(options);
  ExportMetricsServiceRequest request;
  auto* point = AddPoint(AddMetric(request, "g")->mutable_gauge());
  point->set_as_int(1);
  Set(point->mutable_attributes(), "a.b", "1");
  Set(point->mutable_attributes(), "a/b", "2");
  Set(point->mutable_attributes(), "job", "overridden");
  auto* resource = request.mutable_resource_metrics(0);
  auto* attributes = resource->mutable_resource()->mutable_attributes();
  Set(attributes, "service.name", "api");
  Set(attributes, "service.namespace", "shop");
  Set(attributes, "service.instance.id", "i-1");
  Set(attributes, "cloud.region", "eu");
  auto* scope = resource->mutable_scope_metrics(0);
  scope->mutable_scope()->set_name("lib");
  scope->mutable_scope()->set_version("1.2");
  Set(scope->mutable_scope()->mutable_attributes(), "x.y", "z");
  ExpectTaken(request);
  EXPECT_EQ(
      Floats(),
      (std::map<std::string, double>{
          {R"({__name__="g", a_b="1;2", cloud_region="eu", instance="i-1", job="shop/api", )"
           R"(otel_scope_name="lib", otel_scope_version="1.2", otel_scope_x_y="z"})",
           1},
          {R"({__name__="target_info", cloud_region="eu", instance="i-1", job="shop/api"})", 1},
      }));
  EXPECT_EQ(storage_.metadata.at("target_info").help, "Target metadata");
}

TEST_F(OtlpTest, TargetInfoLastsAsLongAsTheDataPoints) {
  ExportMetricsServiceRequest request;
  auto* gauge = AddMetric(request, "g")->mutable_gauge();
  for (const int64_t back : {600'000, 0}) {
    auto* point = AddPoint(gauge);
    point->set_as_int(1);
    point->set_time_unix_nano(static_cast<uint64_t>(kNow - back) * kNano);
  }
  auto* attributes = request.mutable_resource_metrics(0)->mutable_resource()->mutable_attributes();
  Set(attributes, "service.name", "api");
  Set(attributes, "host", "h");
  ExpectTaken(request);
  std::vector<int64_t> times;
  for (const auto& [key, v] : storage_.floats) {
    if (key.first == R"({__name__="target_info", host="h", job="api"})") {
      times.push_back(key.second - kNow);
    }
  }
  EXPECT_EQ(times, (std::vector<int64_t>{-600'000, -450'000, -300'000, -150'000, 0}));
}

TEST_F(OtlpTest, DeltasAreRefusedOrKept) {
  ExportMetricsServiceRequest request;
  AddPoint(AddMetric(request, "good")->mutable_gauge())->set_as_int(1);
  auto* sum = AddMetric(request, "delta")->mutable_sum();
  sum->set_aggregation_temporality(proto::otlp::DELTA);
  sum->set_is_monotonic(true);
  AddPoint(sum)->set_as_int(5);
  auto* none = AddMetric(request, "none")->mutable_sum();
  AddPoint(none)->set_as_int(5);
  auto [rejected, why] = Rejected(Export(request));
  EXPECT_EQ(rejected, 2);
  EXPECT_THAT(why, HasSubstr("invalid temporality and type combination for metric \"delta\": "
                             "delta (otlp.delta)"));
  EXPECT_EQ(Floats().size(), 1u);

  OtlpOptions options;
  options.translation.keep_delta = true;
  ConfigureOtlp(options);
  EXPECT_EQ(Rejected(Export(request)).first, 1);
  EXPECT_EQ(Floats().at(Named("delta_total")), 5);
  EXPECT_EQ(storage_.metadata.at("delta_total").type, tsdb::MetricType::kUnknown);
}

TEST_F(OtlpTest, WhatIsBadCostsNothingElse) {
  ExportMetricsServiceRequest request;
  auto* gauge = AddMetric(request, "g")->mutable_gauge();
  AddPoint(gauge)->set_as_int(1);
  auto* utf8 = AddPoint(gauge);
  utf8->set_as_int(2);
  Set(utf8->mutable_attributes(), "a", "\xff");
  AddPoint(gauge);  // no value
  auto* unnamed = AddPoint(gauge);
  unnamed->set_as_int(1);
  Set(unnamed->mutable_attributes(), "", "x");
  auto* future = AddPoint(gauge);
  future->set_as_int(1);
  future->set_time_unix_nano((kNow + 3'600'000) * kNano);
  AddPoint(AddMetric(request, "...")->mutable_gauge())->set_as_int(1);
  const auto [rejected, why] = Rejected(Export(request));
  EXPECT_EQ(rejected, 5);
  for (const char* text :
       {"stored 1 of 3 samples; refused 5: ", "1 x invalid UTF-8",
        "1 x further ahead than ingest.max_future", "3 x not translatable from OTLP"}) {
    EXPECT_THAT(why, HasSubstr(text));
  }
  EXPECT_EQ(Floats(), (std::map<std::string, double>{{Named("g"), 1}}));
}

TEST_F(OtlpTest, AnswersToWhatIsNotTaken) {
  ExportMetricsServiceRequest request;
  AddPoint(AddMetric(request, "new")->mutable_gauge())->set_as_int(1);
  const std::string body = request.SerializeAsString();
  const auto message = [](const HttpResponse& response) {
    proto::otlp::RpcStatus status;
    EXPECT_TRUE(status.ParseFromString(response.body));
    return status.message();
  };
  EXPECT_EQ(Post(body, {{"content-type", "application/json"}}).status, 415);
  EXPECT_EQ(Post(body, {}).status, 415);
  const HttpResponse encoding =
      Post(body, {{"content-type", "application/x-protobuf"}, {"content-encoding", "br"}});
  EXPECT_EQ(encoding.status, 415);
  EXPECT_EQ(message(encoding), "Content-Encoding \"br\" is not supported; supported: gzip, zstd");
  EXPECT_EQ(Post("\x0a\x7f", {{"content-type", "application/x-protobuf"}}).status, 400);

  storage_.commit_status = Unavailable("the disk is full");
  const HttpResponse full = Export(request);
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(message(full), "the disk is full");
  EXPECT_EQ(full.headers[0].first, "Retry-After");
  storage_.commit_status = OkStatus();
  storage_.get_series_status = ResourceExhausted("1000 series of 1000");
  EXPECT_EQ(Export(request).status, 429);
  ready_ = false;
  EXPECT_EQ(Export(request).status, 503);
}

TEST_F(OtlpTest, ReadsGzipWithinItsBound) {
  ExportMetricsServiceRequest request;
  AddPoint(AddMetric(request, "g")->mutable_gauge())->set_as_int(1);
  const std::map<std::string, std::string, std::less<>> headers = {
      {"content-type", "application/x-protobuf"}, {"content-encoding", "gzip"}};
  EXPECT_EQ(Post(Gzip(request.SerializeAsString()), headers).status, 200);
  EXPECT_EQ(storage_.floats.size(), 1u);
  EXPECT_EQ(Post("no gzip", headers).status, 400);
  OtlpOptions options;
  options.max_decoded_bytes = 1000;
  ConfigureOtlp(options);
  EXPECT_EQ(Post(Gzip(std::string(2000, 'x')), headers).status, 413);
}

TEST_F(OtlpTest, LabelsThatMultiplyAreBounded) {
  OtlpOptions options;
  options.translation.labels.promote_all = true;
  options.translation.max_label_bytes = 100'000;
  ConfigureOtlp(options);
  ExportMetricsServiceRequest request;
  auto* gauge = AddMetric(request, "g")->mutable_gauge();
  for (int i = 0; i < 100; ++i) AddPoint(gauge)->set_as_int(1);
  Set(request.mutable_resource_metrics(0)->mutable_resource()->mutable_attributes(), "large",
      std::string(4000, 'x'));
  EXPECT_EQ(Export(request).status, 413);
  EXPECT_TRUE(storage_.floats.empty());
}

}  // namespace
}  // namespace tidemark::server
