#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tsdb/model/histogram.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::tsdb {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

FloatHistogram Exponential() {
  FloatHistogram h;
  h.count = 21;
  h.sum = 33;
  h.zero_threshold = 0.5;
  h.zero_count = 4;
  h.positive_spans = {{0, 3}};  // (0.5,1] (1,2] (2,4]
  h.positive_buckets = {2, 4, 8};
  h.negative_spans = {{1, 1}};  // [-2,-1)
  h.negative_buckets = {3};
  return h;
}

FloatHistogram Custom() {
  FloatHistogram h;
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.count = 10;
  h.sum = 25;
  h.custom_values = {2, 4};
  h.positive_spans = {{0, 3}};
  h.positive_buckets = {4, 4, 2};
  return h;
}

TEST(HistogramTrimTest, Table) {
  const double half = std::sqrt(2.0);  // where a bucket (1,2] is cut in half
  const struct {
    const char* name;
    FloatHistogram h;
    double value;
    bool upper;
    const char* buckets;
  } cases[] = {
      {"nothing above", Exponential(), 4, true,
       "[-2,-1):3, [-0.5,0.5]:4, (0.5,1]:2, (1,2]:4, (2,4]:8}"},
      {"upper at a bound", Exponential(), 1, true, "[-2,-1):3, [-0.5,0.5]:4, (0.5,1]:2}"},
      {"upper inside", Exponential(), half, true, "[-2,-1):3, [-0.5,0.5]:4, (0.5,1]:2, (1,2]:2}"},
      {"lower inside", Exponential(), half, false, "(1,2]:2, (2,4]:8}"},
      {"upper inside a negative bucket", Exponential(), -half, true, "[-2,-1):1.5}"},
      {"lower in the zero bucket", Exponential(), 0.25, false,
       "[-0.5,0.5]:1, (0.5,1]:2, (1,2]:4, (2,4]:8}"},
      {"everything", Exponential(), -kInf, true, "}"},
      {"custom upper inside", Custom(), 3, true, "[-Inf,2]:4, (2,4]:2}"},
      {"custom upper inside the first", Custom(), 1, true, "[-Inf,2]:2}"},
      {"custom lower inside the first", Custom(), 0.5, false, "[-Inf,2]:3, (2,4]:4, (4,+Inf]:2}"},
      {"custom upper inside the last", Custom(), 100, true, "[-Inf,2]:4, (2,4]:4}"},
      {"custom lower inside the last", Custom(), 100, false, "(4,+Inf]:2}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    FloatHistogram h = c.h;
    h.TrimBuckets(c.value, c.upper);
    for (double* count : {&h.zero_count}) *count = std::round(*count * 1e9) / 1e9;
    for (double& count : h.positive_buckets) count = std::round(count * 1e9) / 1e9;
    for (double& count : h.negative_buckets) count = std::round(count * 1e9) / 1e9;
    const std::string text = h.ToString();
    const size_t buckets = text.find_first_of("[(");
    EXPECT_EQ(buckets == std::string::npos ? "}" : text.substr(buckets), c.buckets);
  }
}

TEST(HistogramTrimTest, SumIsThatOfMidpoints) {
  FloatHistogram h = Custom();
  h.TrimBuckets(3, true);
  EXPECT_EQ(h.count, 6);
  EXPECT_EQ(h.sum, 4 * 1.0 + 2 * 2.5);
  h = Custom();
  h.TrimBuckets(1000, true);  // cuts the last bucket: no inside is known
  EXPECT_EQ(h.sum, 4 * 1.0 + 4 * 3.0);
}

TEST(HistogramTrimTest, WithoutAnyTrimTheSumStays) {
  FloatHistogram h = Exponential();
  h.TrimBuckets(10, true);
  EXPECT_TRUE(h.Equals(Exponential()));
}

TEST(HistogramTrimTest, TheTwoHalvesAddUpAwayFromInfiniteBuckets) {
  RandomHistograms random(37);
  for (int i = 0; i < 2000; ++i) {
    const FloatHistogram h = random.Exponential();
    const double value = static_cast<double>(random.Below(4000)) / 500 - 4;
    FloatHistogram below = h, above = h;
    below.TrimBuckets(value, true);
    above.TrimBuckets(value, false);
    ASSERT_NEAR(below.count + above.count, h.count, 1e-9) << h.ToString() << " at " << value;
  }
}

}  // namespace
}  // namespace tidemark::tsdb
