#include "server/api/value_json.h"

#include <gtest/gtest.h>

#include <limits>

namespace tidemark::server {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

std::string Json(const promql::Value& value) {
  JsonWriter json;
  EXPECT_TRUE(WriteValue(json, value, Cancellation()).ok());
  return std::move(json).Take();
}

const Labels kUp = Labels::Must({{"__name__", "up"}, {"job", "a\"b"}});

FloatHistogram Exponential() {
  FloatHistogram h;
  h.schema = 0;
  h.count = 9;
  h.sum = 3.5;
  h.zero_threshold = 0.25;
  h.zero_count = 1;
  h.positive_spans = {{1, 3}};
  h.positive_buckets = {2, 0, 4};
  h.negative_spans = {{0, 1}};
  h.negative_buckets = {2};
  return h;
}

TEST(ValueJsonTest, Scalar) {
  EXPECT_EQ(Json(promql::Scalar{1435781451781, 1}), R"([1435781451.781,"1"])");
  EXPECT_EQ(Json(promql::Scalar{0, 1e21}), R"([0,"1000000000000000000000"])");
}

TEST(ValueJsonTest, String) { EXPECT_EQ(Json(promql::String{1000, "a\n<"}), R"([1,"a\n\u003c"])"); }

TEST(ValueJsonTest, Vector) {
  EXPECT_EQ(Json(promql::Vector{}), "[]");
  promql::Vector vector;
  vector.series.push_back({kUp, {{1435781451781, 0.5}}, {}});
  vector.series.push_back({{}, {{1435781451781, -0.0}}, {}});
  vector.series.push_back({{}, {}, {{1000, FloatHistogram{}}}});
  EXPECT_EQ(Json(vector),
            R"([{"metric":{"__name__":"up","job":"a\"b"},"value":[1435781451.781,"0.5"]},)"
            R"({"metric":{},"value":[1435781451.781,"-0"]},)"
            R"({"metric":{},"histogram":[1,{"count":"0","sum":"0"}]}])");
}

TEST(ValueJsonTest, Matrix) {
  EXPECT_EQ(Json(promql::Matrix{}), "[]");
  promql::Matrix matrix;
  matrix.series.push_back({kUp, {{1000, 1}, {2000, std::numeric_limits<double>::infinity()}}, {}});
  matrix.series.push_back({{}, {{1000, 1}}, {{2000, FloatHistogram{}}, {3000, FloatHistogram{}}}});
  EXPECT_EQ(Json(matrix),
            R"([{"metric":{"__name__":"up","job":"a\"b"},"values":[[1,"1"],[2,"+Inf"]]},)"
            R"({"metric":{},"values":[[1,"1"]],)"
            R"("histograms":[[2,{"count":"0","sum":"0"}],[3,{"count":"0","sum":"0"}]]}])");
}

TEST(ValueJsonTest, HistogramBucketsSayWhichBoundsAreInclusive) {
  JsonWriter json;
  WriteHistogram(json, Exponential());
  EXPECT_EQ(std::move(json).Take(),
            R"({"count":"9","sum":"3.5","buckets":[[1,"-1","-0.5","2"],[3,"-0.25","0.25","1"],)"
            R"([0,"1","2","2"],[0,"4","8","4"]]})");
}

TEST(ValueJsonTest, CustomBuckets) {
  FloatHistogram h;
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.count = 6;
  h.sum = 1;
  h.custom_values = {0.5, 1};
  h.positive_spans = {{0, 3}};
  h.positive_buckets = {1, 2, 3};
  JsonWriter json;
  WriteHistogram(json, h);
  EXPECT_EQ(std::move(json).Take(),
            R"({"count":"6","sum":"1","buckets":[[3,"-Inf","0.5","1"],[0,"0.5","1","2"],)"
            R"([0,"1","+Inf","3"]]})");
}

}  // namespace
}  // namespace tidemark::server
