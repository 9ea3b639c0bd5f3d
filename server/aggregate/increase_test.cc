#include "server/aggregate/increase.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

using tsdb::FloatHistogram;

FloatHistogram Exponential(int32_t schema, std::vector<double> buckets) {
  FloatHistogram h;
  h.schema = schema;
  h.positive_spans = {{0, static_cast<uint32_t>(buckets.size())}};
  for (const double count : buckets) h.count += count;
  h.sum = 2 * h.count;
  h.positive_buckets = std::move(buckets);
  return h;
}

TEST(Increase, OfFloatsBeginsAnewAfterAReset) {
  const struct {
    double before, now, want;
  } cases[] = {{1, 3, 2}, {3, 3, 0}, {3, 1, 1}, {3, 0, 0}, {-5, -2, 3}};
  for (const auto& c : cases) EXPECT_EQ(Increase(c.before, c.now), c.want) << c.before << c.now;
}

TEST(Increase, OfHistogramsIsByBucket) {
  const struct {
    const char* name;
    FloatHistogram before, now;
    double count;
    int32_t schema;
  } cases[] = {
      {"grown", Exponential(3, {1, 2}), Exponential(3, {4, 2, 1}), 4, 3},
      {"a bucket went down", Exponential(3, {1, 2}), Exponential(3, {4, 1}), 5, 3},
      {"less resolution", Exponential(3, {1, 2}), Exponential(2, {1, 9}), 7, 2},
      {"more resolution is a reset", Exponential(2, {1, 2}), Exponential(3, {1, 2}), 3, 3},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const FloatHistogram grown = Increase(c.before, c.now);
    EXPECT_EQ(grown.count, c.count);
    EXPECT_EQ(grown.sum, 2 * c.count);
    EXPECT_EQ(grown.schema, c.schema);
    EXPECT_TRUE(grown.Validate().ok());
  }
}

TEST(Increase, GrowsATotalOfTheLowerResolution) {
  FloatHistogram total = EmptyLike(Exponential(3, {1}));
  EXPECT_EQ(total.count, 0);
  EXPECT_TRUE(total.Validate().ok());
  ASSERT_TRUE(Grow(total, Exponential(3, {1, 2})).ok());
  ASSERT_TRUE(Grow(total, Exponential(1, {5})).ok());
  EXPECT_EQ(total.count, 8);
  EXPECT_EQ(total.schema, 1);
  const FloatHistogram before = total;
  FloatHistogram custom;
  custom.schema = FloatHistogram::kCustomBucketsSchema;
  custom.custom_values = {1};
  EXPECT_FALSE(Grow(total, custom).ok());
  EXPECT_TRUE(total.Equals(before));
}

}  // namespace
}  // namespace tidemark::server
