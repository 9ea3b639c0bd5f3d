// What remote write takes, the query API gives back: both over the real
// storage and engine, across a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <snappy.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "promql/engine.h"
#include "server/api/api.h"
#include "server/ingest/ingest.h"
#include "server/write_request_for_test.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::server {
namespace {

using nlohmann::json;

constexpr int64_t kNow = 1'700'000'000'000;

class RoundTripTest : public testing::Test {
 protected:
  RoundTripTest() {
    std::string folder = testing::TempDir() + "/round_trip_XXXXXX";
    path_ = mkdtemp(folder.data());
    Open();
    const auto storage = [this] { return storage_.get(); };
    IngestOptions ingest;
    IntakeOptions intake;
    intake.clock = &clock_;
    routes_ = IngestRoutes(ingest, storage, std::make_shared<Intake>(intake, metrics_));
    ApiOptions api;
    api.clock = &clock_;
    for (Route& route : ApiRoutes(api, engine_, storage)) routes_.push_back(std::move(route));
  }
  ~RoundTripTest() override {
    storage_.reset();
    std::filesystem::remove_all(path_);
  }

  void Open() {
    tsdb::StorageOptions options;
    options.path = path_;
    options.clock = &clock_;
    options.min_free_disk = 0;
    storage_metrics_ = std::make_unique<Metrics>();  // its gauges read the storage
    auto storage = tsdb::Storage::Open(options, *storage_metrics_);
    ASSERT_TRUE(storage.ok()) << storage.status();
    storage_ = *std::move(storage);
  }
  void Restart() {
    ASSERT_TRUE(storage_->Close().ok());
    storage_.reset();
    Open();
  }

  HttpResponse Call(std::string_view pattern, HttpRequest request) {
    request.hung_up = &hung_up_;
    HttpResponse response;
    for (const Route& route : routes_) {
      if (route.pattern == pattern) route.handler(request, response);
    }
    return response;
  }

  HttpResponse Write(const proto::WriteRequest& message) {
    const std::string body = message.SerializeAsString();
    HttpRequest request;
    snappy::Compress(body.data(), body.size(), &request.body);
    return Call("/api/v1/write", std::move(request));
  }

  json Get(std::string_view pattern, std::vector<std::pair<std::string, std::string>> params) {
    HttpRequest request;
    request.params = std::move(params);
    return json::parse(Call(pattern, std::move(request)).body);
  }
  // The result of an instant query now.
  json Query(std::string expr) {
    return Get("/api/v1/query", {{"query", std::move(expr)}})["data"]["result"];
  }

  // A counter of two series, a histogram with an exemplar, and metadata.
  static proto::WriteRequest Payments() {
    proto::WriteRequest request;
    for (int i = 0; i <= 4; ++i) {
      const int64_t t = kNow - 60'000 + i * 15'000;
      AddSample(AddSeries(request, {{"region", "eu"}, {"__name__", "payments_total"}}), t, 10 * i);
      AddSample(AddSeries(request, {{"__name__", "payments_total"}, {"region", "us"}}), t, 1);
    }
    proto::TimeSeries* latency = AddSeries(request, {{"__name__", "latency_seconds"}});
    proto::Histogram* h = latency->add_histograms();
    h->set_timestamp(kNow);
    h->set_count_int(5);
    h->set_zero_count_int(1);
    h->set_sum(12.5);
    h->set_zero_threshold(0.25);
    proto::BucketSpan* span = h->add_positive_spans();
    span->set_offset(1);
    span->set_length(2);
    h->add_positive_deltas(3);
    h->add_positive_deltas(-2);
    proto::Exemplar* exemplar = latency->add_exemplars();
    exemplar->set_timestamp(kNow);
    exemplar->set_value(1.5);
    exemplar->add_labels()->set_name("trace_id");
    exemplar->mutable_labels(0)->set_value("abc");
    proto::MetricMetadata* metadata = request.add_metadata();
    metadata->set_metric_family_name("payments_total");
    metadata->set_type(proto::MetricMetadata::COUNTER);
    metadata->set_help("Payments.");
    return request;
  }

  void ExpectPayments() {
    EXPECT_EQ(Query("payments_total"), json::parse(R"([
      {"metric":{"__name__":"payments_total","region":"eu"},"value":[1700000000,"40"]},
      {"metric":{"__name__":"payments_total","region":"us"},"value":[1700000000,"1"]}])"));
    EXPECT_EQ(Query("sum(increase(payments_total[1m]))"),
              json::parse(R"([{"metric":{},"value":[1700000000,"40"]}])"));
    EXPECT_EQ(Query("latency_seconds")[0]["histogram"][1],
              json::parse(R"({"count":"5","sum":"12.5","buckets":[
      [3,"-0.25","0.25","1"],[0,"1","2","3"],[0,"2","4","1"]]})"));
    EXPECT_EQ(Get("/api/v1/query_exemplars", {{"query", "latency_seconds"}})["data"],
              json::parse(R"([{"seriesLabels":{"__name__":"latency_seconds"},"exemplars":[
      {"labels":{"trace_id":"abc"},"value":"1.5","timestamp":1700000000}]}])"));
    EXPECT_EQ(Get("/api/v1/metadata", {})["data"], json::parse(R"({"payments_total":[
      {"type":"counter","unit":"","help":"Payments."}]})"));
    EXPECT_EQ(Get("/api/v1/label/{name}/values", {})["status"], "error");
    EXPECT_EQ(Get("/api/v1/labels", {})["data"], json({"__name__", "region"}));
    EXPECT_EQ(Get("/api/v1/series", {{"match[]", "{region=~\".+\"}"}})["data"].size(), 2u);
  }

  FakeClock clock_{kNow};
  Metrics metrics_;
  Cancellation hung_up_;
  std::string path_;
  std::unique_ptr<Metrics> storage_metrics_;
  std::unique_ptr<tsdb::Storage> storage_;
  promql::Engine engine_{promql::EngineOptions{}};
  std::vector<Route> routes_;
};

TEST_F(RoundTripTest, WhatIsWrittenIsReadBeforeAndAfterARestart) {
  const HttpResponse response = Write(Payments());
  EXPECT_EQ(response.status, 204) << response.body;
  ExpectPayments();
  Restart();
  ExpectPayments();
}

TEST_F(RoundTripTest, SendingAgainChangesNothing) {
  EXPECT_EQ(Write(Payments()).status, 204);
  EXPECT_EQ(Write(Payments()).status, 204);
  Restart();
  EXPECT_EQ(Write(Payments()).status, 204);
  ExpectPayments();
}

TEST_F(RoundTripTest, TheFirstValueWinsAndTheOtherIsCounted) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "x"}}), kNow, 1);
  EXPECT_EQ(Write(request).status, 204);
  request.mutable_timeseries(0)->mutable_samples(0)->set_value(2);
  EXPECT_EQ(Write(request).status, 204);
  EXPECT_EQ(Query("x")[0]["value"][1], "1");
  for (const Metrics::Family& family : metrics_.Collect()) {
    if (family.name != "tidemark_ingest_conflicts_total") continue;
    EXPECT_EQ(family.children[0].value, 1);
  }
}

TEST_F(RoundTripTest, RefusedSamplesLeaveTheirNeighbours) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "old"}}), kNow - 91LL * 86'400'000, 1);
  AddSample(AddSeries(request, {{"__name__", "good"}}), kNow, 1);
  AddSample(AddSeries(request, {{"__name__", "twice"}, {"a", "1"}, {"a", "2"}}), kNow, 1);
  const std::string wide(5000, 'x');
  AddSample(AddSeries(request, {{"__name__", "wide"}, {"a", wide.c_str()}}), kNow, 1);
  const HttpResponse response = Write(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, testing::StartsWith("stored 1 of 4 samples; refused 3: "));
  EXPECT_THAT(response.body, testing::HasSubstr("1 x older than storage.retention.raw"));
  EXPECT_THAT(response.body, testing::HasSubstr("1 x labels past storage.max_label_names"));
  EXPECT_EQ(Query("good").size(), 1u);
  EXPECT_EQ(Get("/api/v1/series", {{"match[]", "{__name__=~\"twice|wide\"}"}})["data"].size(), 0u);
}

TEST_F(RoundTripTest, AStaleMarkerEndsASeries) {
  proto::WriteRequest request;
  proto::TimeSeries* series = AddSeries(request, {{"__name__", "x"}});
  AddSample(series, kNow - 15'000, 1);
  EXPECT_EQ(Write(request).status, 204);
  EXPECT_EQ(Query("x").size(), 1u);
  AddSample(series, kNow, tsdb::kStaleNaN);
  EXPECT_EQ(Write(request).status, 204);
  EXPECT_EQ(Query("x").size(), 0u);
}

// What cannot be read is an error, not a shorter answer.
TEST_F(RoundTripTest, ADamagedBlockIsA500) {
  ASSERT_EQ(Write(Payments()).status, 204);
  ASSERT_TRUE(storage_->Flush().ok());
  ASSERT_TRUE(storage_->Close().ok());
  storage_.reset();
  {
    Metrics metrics;
    const auto store = *tsdb::Store::Open({path_ + "/db", 64 << 20}, metrics);
    const auto batch = store->NewBatch();
    // The first series of the first metric of the first tenant; which metric was
    // first is up to a random hash.
    batch->Merge(tsdb::Family::kRaw, tsdb::EncodeRawKey(tsdb::RawKeyOf(0, 0, tsdb::BlockEnd(kNow))),
                 "no run");
    ASSERT_TRUE(store->Write(*batch, tsdb::WriteMode::kSync).ok());
  }
  Open();
  for (const char* path : {"/api/v1/query", "/api/v1/query_range"}) {
    SCOPED_TRACE(path);
    HttpRequest request;
    request.params = {{"query", "{__name__=~\"payments_total|latency_seconds\"}"},
                      {"start", "1699999940"},
                      {"end", "1700000000"},
                      {"step", "15"}};
    const HttpResponse response = Call(path, std::move(request));
    EXPECT_EQ(response.status, 500);
    EXPECT_NE(response.body.find("series 0, block ending at"), std::string::npos) << response.body;
  }
}

}  // namespace
}  // namespace tidemark::server
