#include <gtest/gtest.h>

#include <map>

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_bounds.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::tsdb {
namespace {

std::map<int32_t, double> ByIndex(const std::vector<Bucket>& buckets) {
  std::map<int32_t, double> counts;
  for (const Bucket& bucket : buckets) {
    if (bucket.count != 0) counts[bucket.index] += bucket.count;
  }
  return counts;
}

TEST(HistogramLayoutTest, Compact) {
  const struct {
    const char* name;
    std::vector<BucketSpan> spans;
    std::vector<double> buckets;
    int max_empty;
    std::vector<BucketSpan> want_spans;
    std::vector<double> want_buckets;
  } cases[] = {
      {"nothing to do", {{-2, 1}, {2, 3}}, {1, 1, 3, 1}, 0, {{-2, 1}, {2, 3}}, {1, 1, 3, 1}},
      {"empty at the ends", {{0, 4}}, {0, 1, 2, 0}, 0, {{1, 2}}, {1, 2}},
      {"empty inside", {{0, 3}}, {1, 0, 2}, 0, {{0, 1}, {1, 1}}, {1, 2}},
      {"few empty inside stay", {{0, 3}}, {1, 0, 2}, 1, {{0, 3}}, {1, 0, 2}},
      {"many empty inside go", {{0, 4}}, {1, 0, 0, 2}, 1, {{0, 1}, {2, 1}}, {1, 2}},
      {"close spans join", {{0, 1}, {1, 1}, {3, 1}}, {1, 2, 3}, 2, {{0, 3}, {3, 1}}, {1, 0, 2, 3}},
      {"adjacent spans join", {{0, 1}, {0, 1}}, {1, 2}, 0, {{0, 2}}, {1, 2}},
      {"empty spans go", {{0, 0}, {2, 1}, {1, 0}, {1, 1}}, {1, 2}, 0, {{2, 1}, {2, 1}}, {1, 2}},
      {"all empty", {{0, 2}, {1, 1}}, {0, 0, 0}, 3, {}, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    FloatHistogram h;
    h.positive_spans = h.negative_spans = c.spans;
    h.positive_buckets = h.negative_buckets = c.buckets;
    h.Compact(c.max_empty);
    EXPECT_EQ(h.positive_spans, c.want_spans);
    EXPECT_EQ(h.positive_buckets, c.want_buckets);
    EXPECT_EQ(h.negative_spans, c.want_spans);
    EXPECT_EQ(h.negative_buckets, c.want_buckets);
  }
}

TEST(HistogramLayoutTest, CompactKeepsObservations) {
  RandomHistograms random(23);
  for (int i = 0; i < 2000; ++i) {
    const FloatHistogram h = random.Any();
    FloatHistogram compact = h;
    compact.Compact(static_cast<int>(random.Below(4)));
    ASSERT_EQ(compact.ToString(), h.ToString());
    FloatHistogram again = compact;
    again.Compact(0);
    for (const double bucket : again.positive_buckets) ASSERT_NE(bucket, 0);
    ASSERT_EQ(again.ToString(), h.ToString());
  }
}

TEST(HistogramLayoutTest, ReduceResolutionMovesEachBucketToTheOneAround) {
  RandomHistograms random(29);
  for (int i = 0; i < 2000; ++i) {
    const FloatHistogram h = random.Exponential();
    const int32_t target = h.schema - static_cast<int32_t>(random.Below(4));
    std::map<int32_t, double> want;
    for (const auto& [index, count] : ByIndex(h.PositiveBuckets())) {
      want[static_cast<int32_t>(IndexAtSchema(index, h.schema, target))] += count;
    }
    FloatHistogram reduced = h;
    ASSERT_TRUE(reduced.ReduceResolution(target).ok());
    ASSERT_EQ(reduced.schema, target);
    const auto got = ByIndex(reduced.PositiveBuckets());
    ASSERT_EQ(got.size(), want.size());
    for (const auto& [index, count] : want) ASSERT_NEAR(got.at(index), count, 1e-9);
    ASSERT_EQ(reduced.count, h.count);
  }
}

TEST(HistogramLayoutTest, ReduceResolutionFromASchemaThatIsOnlyReserved) {
  FloatHistogram h;
  h.schema = 20;
  h.positive_spans = {{1, 2}, {4094, 1}};
  h.positive_buckets = {1, 2, 3};
  ASSERT_TRUE(h.ReduceResolution(8).ok());
  EXPECT_EQ(h.positive_spans, (std::vector<BucketSpan>{{1, 2}}));
  EXPECT_EQ(h.positive_buckets, (std::vector<double>{3, 3}));
}

TEST(HistogramLayoutTest, ReduceResolutionRefuses) {
  FloatHistogram h;
  EXPECT_EQ(h.ReduceResolution(1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(h.ReduceResolution(FloatHistogram::kCustomBucketsSchema).code(),
            StatusCode::kInvalidArgument);
  h.positive_spans = {{0, 2}};
  h.positive_buckets = {1};
  EXPECT_EQ(h.ReduceResolution(-1).code(), StatusCode::kInvalidArgument);
  h.positive_spans = {{0, 1}, {-1, 1}};
  h.positive_buckets = {1, 1};
  EXPECT_EQ(h.ReduceResolution(-1).code(), StatusCode::kInvalidArgument);
  h = FloatHistogram();
  h.schema = FloatHistogram::kCustomBucketsSchema;
  EXPECT_EQ(h.ReduceResolution(-4).code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tidemark::tsdb
