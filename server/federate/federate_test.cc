#include "server/federate/federate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/api_for_test.h"
#include "server/federate/federate_page.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using tsdb::Labels;

constexpr int64_t kNow = 1'700'000'000'000;

class FederateTest : public testing::Test {
 protected:
  FederateTest() {
    Add("up", "a", {{kNow - 10'000, 1}, {kNow - 5000, 0}});
    Add("up", "b", {{kNow - 400'000, 1}});  // past the lookback
    Add("up", "c", {{kNow - 5000, 1}, {kNow - 1000, tsdb::kStaleNaN}});
    Add("requests_total", "a", {{kNow, 5}, {kNow + 1000, 6}});
  }

  void Add(std::string_view metric, std::string_view job, std::vector<tsdb::Sample> samples) {
    const Labels labels = Labels::Must({{"__name__", metric}, {"job", job}});
    EXPECT_TRUE(storage_.memory.Add(labels, samples).ok());
  }

  HttpResponse Get(std::vector<std::string> matches, std::string accept = "") {
    FederateOptions options;
    options.clock = &clock_;
    options.max_series = max_series_;
    const Route route = FederateRoute(options, [this] { return ready_ ? &storage_ : nullptr; });
    HttpRequest http;
    for (std::string& match : matches) http.params.emplace_back("match[]", std::move(match));
    http.headers["accept"] = std::move(accept);
    http.hung_up = &hung_up_;
    HttpResponse response;
    route.handler(http, response);
    return response;
  }

  FakeClock clock_{kNow};
  ReadableStorage storage_;
  bool ready_ = true;
  uint64_t max_series_ = 100;
  Cancellation hung_up_;
};

TEST_F(FederateTest, TheNewestSampleOfEachSeriesOnce) {
  const HttpResponse response = Get({"up", "{job='a'}"});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.content_type, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_EQ(response.body,
            "# TYPE requests_total untyped\n"
            "requests_total{job=\"a\",instance=\"\"} 5 1700000000000\n"
            "# TYPE up untyped\n"
            "up{job=\"a\",instance=\"\"} 0 1699999995000\n");
}

TEST_F(FederateTest, NativeHistogramsNeedProtobufAndCustomBucketsDoNot) {
  tsdb::FloatHistogram native;
  native.count = 2;
  native.sum = 3;
  native.positive_spans = {{1, 1}};
  native.positive_buckets = {2};
  tsdb::FloatHistogram custom = native;
  custom.schema = tsdb::FloatHistogram::kCustomBucketsSchema;
  custom.custom_values = {0.5, 1, 5};
  const std::vector<tsdb::HistogramSample> samples = {{kNow, native}};
  const std::vector<tsdb::HistogramSample> custom_samples = {{kNow, custom}};
  ASSERT_TRUE(storage_.memory.AddHistograms(Labels::Must({{"__name__", "native"}}), samples).ok());
  ASSERT_TRUE(
      storage_.memory.AddHistograms(Labels::Must({{"__name__", "custom"}}), custom_samples).ok());
  const HttpResponse text = Get({"{__name__=~'native|custom'}"});
  EXPECT_EQ(text.body,
            "# TYPE custom histogram\n"
            "custom_bucket{instance=\"\",le=\"0.5\"} 0 1700000000000\n"
            "custom_bucket{instance=\"\",le=\"1\"} 2 1700000000000\n"
            "custom_bucket{instance=\"\",le=\"5\"} 2 1700000000000\n"
            "custom_bucket{instance=\"\",le=\"+Inf\"} 2 1700000000000\n"
            "custom_sum{instance=\"\"} 3 1700000000000\n"
            "custom_count{instance=\"\"} 2 1700000000000\n");
  const HttpResponse protobuf =
      Get({"native"},
          "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
          "encoding=delimited");
  io::prometheus::client::MetricFamily family;
  ASSERT_TRUE(family.ParseFromString(protobuf.body.substr(1)));
  EXPECT_EQ(family.type(), io::prometheus::client::HISTOGRAM);
  EXPECT_EQ(family.metric(0).histogram().positive_count(0), 2);
  EXPECT_EQ(family.metric(0).timestamp_ms(), kNow);
}

TEST_F(FederateTest, SaysWhatIsWrong) {
  EXPECT_EQ(Get({"up{"}).status, 400);
  EXPECT_EQ(Get({"{job=~'.*'}"}).status, 400);
  EXPECT_EQ(Get({}).body, "");
  max_series_ = 1;
  const HttpResponse many = Get({"up"});
  EXPECT_EQ(many.status, 422);
  EXPECT_THAT(many.body, HasSubstr("more than 1 series (query.max_series)"));
  ready_ = false;
  EXPECT_EQ(Get({"up"}).status, 503);
}

}  // namespace
}  // namespace tidemark::server
