#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_bounds.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::tsdb {
namespace {

using Hint = CounterResetHint;

// The plain model: what a histogram says about each interval, by its bounds.
std::map<std::pair<double, double>, double> Populated(const FloatHistogram& h) {
  std::map<std::pair<double, double>, double> intervals;
  for (const Bucket& bucket : h.AllBuckets()) {
    if (bucket.count != 0) intervals[{bucket.lower, bucket.upper}] += bucket.count;
  }
  return intervals;
}

void ExpectSameObservations(const FloatHistogram& a, const FloatHistogram& b) {
  const auto left = Populated(a);
  const auto right = Populated(b);
  ASSERT_EQ(left.size(), right.size()) << a.ToString() << "\n" << b.ToString();
  for (auto l = left.begin(), r = right.begin(); l != left.end(); ++l, ++r) {
    ASSERT_EQ(l->first, r->first) << a.ToString() << "\n" << b.ToString();
    ASSERT_NEAR(l->second, r->second, 1e-9);
  }
  ASSERT_NEAR(a.count, b.count, 1e-9);
  ASSERT_NEAR(a.sum, b.sum, 1e-9);
}

double BucketTotal(const FloatHistogram& h) {
  double total = 0;
  for (const Bucket& bucket : h.AllBuckets()) total += bucket.count;
  return total;
}

FloatHistogram Made(int32_t schema, std::vector<BucketSpan> spans, std::vector<double> buckets) {
  FloatHistogram h;
  h.schema = schema;
  h.positive_spans = std::move(spans);
  h.positive_buckets = std::move(buckets);
  h.count = BucketTotal(h);
  return h;
}

TEST(HistogramArithmeticTest, InsertsMissingBuckets) {
  const struct {
    const char* name;
    FloatHistogram a, b, sum;
  } cases[] = {
      {"equal layouts", Made(0, {{0, 2}}, {1, 2}), Made(0, {{0, 2}}, {3, 4}),
       Made(0, {{0, 2}}, {4, 6})},
      {"before", Made(0, {{5, 1}}, {1}), Made(0, {{0, 1}}, {2}), Made(0, {{0, 1}, {4, 1}}, {2, 1})},
      {"directly before", Made(0, {{5, 1}}, {1}), Made(0, {{4, 1}}, {2}),
       Made(0, {{4, 2}}, {2, 1})},
      {"in a gap", Made(0, {{0, 1}, {3, 1}}, {1, 1}), Made(0, {{2, 1}}, {7}),
       Made(0, {{0, 1}, {1, 1}, {1, 1}}, {1, 7, 1})},
      {"fills a gap", Made(0, {{0, 1}, {1, 1}}, {1, 1}), Made(0, {{1, 1}}, {7}),
       Made(0, {{0, 3}}, {1, 7, 1})},
      {"to an empty one", Made(0, {}, {}), Made(0, {{-3, 2}}, {1, 2}), Made(0, {{-3, 2}}, {1, 2})},
      {"an empty one", Made(0, {{-3, 2}}, {1, 2}), Made(0, {}, {}), Made(0, {{-3, 2}}, {1, 2})},
      {"finer", Made(0, {{1, 1}}, {1}), Made(1, {{1, 3}}, {1, 2, 3}), Made(0, {{1, 2}}, {4, 3})},
      {"coarser", Made(1, {{1, 3}}, {1, 2, 3}), Made(0, {{1, 1}}, {1}), Made(0, {{1, 2}}, {4, 3})},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    FloatHistogram sum = c.a;
    ASSERT_TRUE(sum.Add(c.b).ok());
    EXPECT_TRUE(sum.Equals(c.sum)) << sum.ToString();
    ASSERT_TRUE(sum.Sub(c.b).ok());
    sum.Compact(0);
    FloatHistogram a = c.a;
    ASSERT_TRUE(a.ReduceResolution(sum.schema).ok());
    EXPECT_TRUE(sum.Equals(a)) << sum.ToString();
  }
}

TEST(HistogramArithmeticTest, ZeroBucketGrowsOverPopulatedBuckets) {
  FloatHistogram a = Made(0, {{-2, 4}}, {1, 2, 3, 4});  // up to 0.25, 0.5, 1, 2
  a.zero_threshold = 0.001;
  a.zero_count = 1;
  a.count += 1;
  FloatHistogram b = Made(0, {{1, 1}}, {10});
  b.zero_threshold = 0.4;  // inside a's second bucket, which ends at 0.5
  b.zero_count = 5;
  b.count += 5;
  ASSERT_TRUE(a.Add(b).ok());
  EXPECT_EQ(a.zero_threshold, 0.5);
  EXPECT_EQ(a.zero_count, 1 + 1 + 2 + 5);
  EXPECT_EQ(a.ToString(), "{count:26, sum:0, [-0.5,0.5]:9, (0.5,1]:3, (1,2]:14}");
}

TEST(HistogramArithmeticTest, CustomBoundsMeetAtTheirIntersection) {
  FloatHistogram a = Made(-53, {{0, 4}}, {1, 2, 3, 4});
  a.custom_values = {1, 2, 4};
  FloatHistogram b = Made(-53, {{0, 1}, {1, 2}}, {10, 20, 30});
  b.custom_values = {1, 3, 4};
  FloatHistogram sum = a;
  const auto combined = sum.Add(b);
  ASSERT_TRUE(combined.ok());
  EXPECT_TRUE(combined->bounds_reconciled);
  EXPECT_EQ(sum.ToString(), "{count:70, sum:0, [-Inf,1]:11, (1,4]:25, (4,+Inf]:34}");
  ASSERT_TRUE(sum.Sub(b).ok());
  EXPECT_EQ(sum.ToString(), "{count:10, sum:0, [-Inf,1]:1, (1,4]:5, (4,+Inf]:4}");
}

TEST(HistogramArithmeticTest, KindsDoNotMix) {
  FloatHistogram a = Made(0, {{0, 1}}, {1});
  FloatHistogram b = Made(-53, {{0, 1}}, {1});
  const FloatHistogram before = a;
  const auto sum = a.Add(b);
  EXPECT_EQ(sum.status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(MessageOf(sum.status()),
            "cannot apply this operation on histograms with a mix of exponential and custom bucket "
            "schemas");
  EXPECT_TRUE(a.Equals(before));
  EXPECT_FALSE(b.Sub(a).ok());
}

TEST(HistogramArithmeticTest, Hints) {
  const struct {
    Hint a, b, result;
    bool collision;
  } cases[] = {
      {Hint::kUnknown, Hint::kUnknown, Hint::kUnknown, false},
      {Hint::kCounterReset, Hint::kCounterReset, Hint::kCounterReset, false},
      {Hint::kGauge, Hint::kCounterReset, Hint::kGauge, false},
      {Hint::kNotCounterReset, Hint::kGauge, Hint::kGauge, false},
      {Hint::kUnknown, Hint::kCounterReset, Hint::kUnknown, false},
      {Hint::kNotCounterReset, Hint::kUnknown, Hint::kUnknown, false},
      {Hint::kCounterReset, Hint::kNotCounterReset, Hint::kUnknown, true},
      {Hint::kNotCounterReset, Hint::kCounterReset, Hint::kUnknown, true},
  };
  for (const auto& c : cases) {
    FloatHistogram a, b;
    a.counter_reset_hint = c.a;
    b.counter_reset_hint = c.b;
    const auto combined = a.Add(b);
    ASSERT_TRUE(combined.ok());
    EXPECT_EQ(combined->counter_reset_collision, c.collision);
    EXPECT_EQ(a.counter_reset_hint, c.result);
  }
}

TEST(HistogramArithmeticTest, AddIsCommutativeAndSubUndoesIt) {
  RandomHistograms random(11);
  for (int round = 0; round < 3000; ++round) {
    const bool custom = random.Below(3) == 0;
    FloatHistogram a = custom ? random.Custom() : random.Exponential();
    FloatHistogram b = custom ? random.Custom() : random.Exponential();
    // Prometheus widens the zero bucket at the finer resolution, and may count
    // what it took once more at the coarser one; so do we.
    if (a.schema != b.schema) a.zero_threshold = b.zero_threshold = 0;
    FloatHistogram ab = a, ba = b;
    ASSERT_TRUE(ab.Add(b).ok());
    ASSERT_TRUE(ba.Add(a).ok());
    ExpectSameObservations(ab, ba);
    ASSERT_NEAR(BucketTotal(ab), a.count + b.count, 1e-9);
    FloatHistogram undone = ab;
    ASSERT_TRUE(undone.Sub(b).ok());
    ASSERT_NEAR(undone.count, a.count, 1e-9);
    ASSERT_NEAR(undone.zero_count + b.zero_count, ab.zero_count, ab.zero_count + 1e-9);
  }
}

TEST(HistogramArithmeticTest, ReduceThenAddIsAddThenReduce) {
  RandomHistograms random(13);
  for (int round = 0; round < 2000; ++round) {
    FloatHistogram a = random.Exponential();
    FloatHistogram b = random.Exponential();
    b.zero_threshold = a.zero_threshold = 0;  // where it moves depends on the resolution
    const int32_t target = std::min(a.schema, b.schema) - 1;
    FloatHistogram late = a;
    ASSERT_TRUE(late.Add(b).ok());
    ASSERT_TRUE(late.ReduceResolution(target).ok());
    ASSERT_TRUE(a.ReduceResolution(target).ok());
    ASSERT_TRUE(b.ReduceResolution(target).ok());
    ASSERT_TRUE(a.Add(b).ok());
    ExpectSameObservations(late, a);
  }
}

TEST(HistogramArithmeticTest, KahanAddKeepsWhatAddLoses) {
  FloatHistogram sum = Made(0, {{0, 2}}, {1, 1e16});
  FloatHistogram c = sum.NewCompensation();
  FloatHistogram plain = sum;
  const FloatHistogram one = Made(0, {{0, 3}}, {1e16, 1, 1});
  const FloatHistogram minus = [] {
    FloatHistogram h = Made(0, {{0, 2}}, {1e16, 1e16});
    h.Mul(-1);
    return h;
  }();
  for (const FloatHistogram* h : {&one, &minus}) {
    ASSERT_TRUE(sum.KahanAdd(*h, c).ok());
    ASSERT_TRUE(plain.Add(*h).ok());
  }
  ASSERT_TRUE(sum.Add(c).ok());
  EXPECT_EQ(sum.positive_buckets, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(plain.positive_buckets, (std::vector<double>{0, 0, 1}));
}

TEST(HistogramArithmeticTest, KahanAddAgreesWithAdd) {
  RandomHistograms random(17);
  for (int round = 0; round < 1000; ++round) {
    const bool custom = random.Below(3) == 0;
    FloatHistogram plain = custom ? random.Custom() : random.Exponential();
    FloatHistogram sum = plain;
    FloatHistogram c = sum.NewCompensation();
    for (int i = 0; i < 5; ++i) {
      const FloatHistogram next = custom ? random.Custom() : random.Exponential();
      ASSERT_TRUE(plain.Add(next).ok());
      ASSERT_TRUE(sum.KahanAdd(next, c).ok());
      ASSERT_EQ(c.positive_buckets.size(), sum.positive_buckets.size());
      ASSERT_EQ(c.negative_buckets.size(), sum.negative_buckets.size());
      ASSERT_EQ(c.positive_spans, sum.positive_spans);
    }
    ASSERT_TRUE(sum.Add(c).ok());
    ExpectSameObservations(sum, plain);
  }
}

TEST(HistogramArithmeticTest, AddingItselfDoubles) {
  RandomHistograms random(19);
  for (int round = 0; round < 500; ++round) {
    FloatHistogram h = random.Any();
    const double total = BucketTotal(h);
    ASSERT_TRUE(h.Add(h).ok());
    ASSERT_NEAR(BucketTotal(h), 2 * total, 1e-9);
    ASSERT_NEAR(h.count, 2 * total, 1e-9);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
