#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "tsdb/model/histogram.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::tsdb {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(HistogramBucketsTest, ToString) {
  FloatHistogram h;
  EXPECT_EQ(h.ToString(), "{count:0, sum:0}");
  h.count = 8.5;
  h.sum = -1e6;
  h.zero_threshold = 0.25;
  h.zero_count = 2;
  h.positive_spans = {{0, 3}, {2, 1}};
  h.positive_buckets = {1, 0, 1.5, 1};
  h.negative_spans = {{1, 2}};
  h.negative_buckets = {1, 2};
  EXPECT_EQ(h.ToString(),
            "{count:8.5, sum:-1e+06, [-4,-2):2, [-2,-1):1, [-0.25,0.25]:2, (0.5,1]:1, (2,4]:1.5, "
            "(16,32]:1}");
  h = FloatHistogram();
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.custom_values = {1, 2.5};
  h.count = 6;
  h.positive_spans = {{0, 3}};
  h.positive_buckets = {1, 2, 3};
  EXPECT_EQ(h.ToString(), "{count:6, sum:0, [-Inf,1]:1, (1,2.5]:2, (2.5,+Inf]:3}");
}

TEST(HistogramBucketsTest, AllBucketsAscendAroundZero) {
  FloatHistogram h;
  h.zero_threshold = 0.75;
  h.zero_count = 4;
  h.positive_spans = {{0, 1}, {1, 1}};
  h.positive_buckets = {1, 2};
  h.negative_spans = {{0, 2}};
  h.negative_buckets = {3, 0};
  const std::vector<Bucket> buckets = h.AllBuckets();
  const struct {
    double lower, upper;
    bool lower_inclusive, upper_inclusive;
    double count;
  } want[] = {
      {-2, -1, true, false, 0},  {-1, -0.75, true, false, 3}, {-0.75, 0.75, true, true, 4},
      {0.75, 1, false, true, 1}, {2, 4, false, true, 2},
  };
  ASSERT_EQ(buckets.size(), std::size(want));
  for (size_t i = 0; i < buckets.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(buckets[i].lower, want[i].lower);
    EXPECT_EQ(buckets[i].upper, want[i].upper);
    EXPECT_EQ(buckets[i].lower_inclusive, want[i].lower_inclusive);
    EXPECT_EQ(buckets[i].upper_inclusive, want[i].upper_inclusive);
    EXPECT_EQ(buckets[i].count, want[i].count);
  }
}

TEST(HistogramBucketsTest, SidesKeepTheirOrder) {
  FloatHistogram h;
  h.schema = 1;
  h.negative_spans = {{-1, 1}, {2, 1}};
  h.negative_buckets = {5, 6};
  const std::vector<Bucket> negative = h.NegativeBuckets();
  ASSERT_EQ(negative.size(), 2u);
  EXPECT_EQ(negative[0].index, -1);
  EXPECT_EQ(negative[1].index, 2);
  EXPECT_EQ(negative[1].lower, -2);
  EXPECT_TRUE(h.PositiveBuckets().empty());
}

TEST(HistogramBucketsTest, InvalidSpansAreNoDanger) {
  FloatHistogram h;
  h.positive_spans = {{0, 4000000000u}, {-5, 3}};
  h.positive_buckets = {1, 2};
  EXPECT_EQ(h.AllBuckets().size(), 2u);
  h.positive_spans = {{0, 1}, {-5, 3}};
  EXPECT_EQ(h.AllBuckets().size(), 1u);
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.custom_values = {1};
  h.positive_spans = {{7, 2}};
  EXPECT_EQ(h.AllBuckets()[0].upper, kInf);
}

TEST(HistogramBucketsTest, RandomBucketsAscendAndHoldTheCount) {
  RandomHistograms random(5);
  for (int i = 0; i < 2000; ++i) {
    const FloatHistogram h = random.Any();
    SCOPED_TRACE(h.ToString());
    double total = 0;
    double last = -kInf;
    for (const Bucket& bucket : h.AllBuckets()) {
      total += bucket.count;
      ASSERT_TRUE(bucket.upper > last || bucket.upper <= h.zero_threshold);
      last = bucket.upper;
    }
    ASSERT_NEAR(total, h.count, 1e-9);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
