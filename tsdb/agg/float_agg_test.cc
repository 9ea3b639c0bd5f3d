#include "tsdb/agg/float_agg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tidemark::tsdb {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

FloatAgg Of(const std::vector<double>& values, int64_t first_t = 0) {
  FloatAgg agg;
  for (const double v : values) agg.Add({first_t++, v});
  return agg;
}

// Equal, or both NaN, or as near as sums in another order are.
void ExpectClose(double got, double want, double largest) {
  if (std::isnan(want) || std::isinf(want)) {
    EXPECT_TRUE(std::isnan(want) ? std::isnan(got) : got == want) << got << " and not " << want;
    return;
  }
  const double tolerance = std::max(1e-9 * std::abs(want), 64 * 0x1p-52 * largest);
  EXPECT_NEAR(got, want, tolerance);
}

void ExpectSame(const FloatAgg& got, const FloatAgg& want, double largest) {
  EXPECT_EQ(got.n, want.n);
  EXPECT_TRUE(SameSample(got.first, want.first));
  EXPECT_TRUE(SameSample(got.last, want.last));
  EXPECT_EQ(got.min_t, want.min_t);
  EXPECT_EQ(got.max_t, want.max_t);
  ExpectClose(got.min, want.min, 0);
  ExpectClose(got.max, want.max, 0);
  ExpectClose(got.Increase(), want.Increase(), largest);
  ExpectClose(got.Variance(), want.Variance(), largest * largest);
  if (want.overflowed || got.overflowed) return;
  ExpectClose(got.Sum(), want.Sum(), largest);
  ExpectClose(got.Average(), want.Average(), largest);
}

TEST(FloatAggTest, Table) {
  const struct {
    const char* name;
    std::vector<double> values;
    double increase, sum, min, max;
    int64_t min_t, max_t;
  } cases[] = {
      {"one", {5}, 0, 5, 5, 5, 0, 0},
      {"counter", {1, 3, 6}, 5, 10, 1, 6, 0, 2},
      {"resets", {5, 7, 2, 4, 1}, 7 - 5 + 4 + 1, 19, 1, 7, 4, 1},
      {"ties keep the last time", {1, 2, 1, 2}, 1 + 2, 6, 1, 2, 2, 3},
      {"NaN first", {kNaN, 2, 1}, kNaN, kNaN, 1, 2, 2, 1},
      {"NaN later", {2, kNaN, 1}, -1, kNaN, 1, 2, 2, 0},
      {"only NaN", {kNaN, kNaN}, kNaN, kNaN, kNaN, kNaN, 1, 1},
      {"infinities", {-kInf, 0, kInf}, kInf, kNaN, -kInf, kInf, 0, 2},
      {"cancellation", {1e16, 1, -1e16}, -2e16 + 1e16 + 1, 1, -1e16, 1e16, 2, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const FloatAgg agg = Of(c.values);
    EXPECT_EQ(agg.n, c.values.size());
    ExpectClose(agg.Increase(), c.increase, 0);
    ExpectClose(agg.Sum(), c.sum, 0);
    ExpectClose(agg.min, c.min, 0);
    ExpectClose(agg.max, c.max, 0);
    EXPECT_EQ(agg.min_t, c.min_t);
    EXPECT_EQ(agg.max_t, c.max_t);
    EXPECT_FALSE(agg.overflowed);
  }
}

TEST(FloatAggTest, AverageAndVariance) {
  const FloatAgg agg = Of({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(agg.Average(), 5);
  EXPECT_DOUBLE_EQ(agg.Variance(), 4);
  EXPECT_DOUBLE_EQ(Of({1e9 + 1, 1e9 + 2, 1e9 + 3}).Variance(), 2.0 / 3);
  EXPECT_TRUE(std::isnan(Of({kInf}).Variance()));
  EXPECT_TRUE(std::isnan(Of({1, kInf, 2}).Variance()));
}

TEST(FloatAggTest, OverflowIsNoted) {
  EXPECT_TRUE(Of({1e308, 1e308, -1e308}).overflowed);
  FloatAgg a = Of({1e308});
  a.Combine(Of({1e308}, 10));
  EXPECT_TRUE(a.overflowed);
  EXPECT_FALSE(Of({kInf, 1}).overflowed) << "an infinite value is no overflow";
}

TEST(FloatAggTest, EmptyIsNeutral) {
  const FloatAgg agg = Of({3, 1, 2});
  FloatAgg left;
  left.Combine(agg);
  ExpectSame(left, agg, 3);
  FloatAgg right = agg;
  right.Combine(FloatAgg());
  ExpectSame(right, agg, 3);
}

TEST(FloatAggTest, AnyCutsCombineToTheWhole) {
  std::mt19937_64 random(71);
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> values(1 + random() % 40);
    double largest = 0;
    double counter = 0;
    for (double& v : values) {
      counter = random() % 6 == 0 ? 0 : counter + static_cast<double>(random() % 1000) / 7;
      v = counter;
      if (random() % 40 == 0) v = random() % 2 == 0 ? kNaN : kInf;
      if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
    }
    std::vector<FloatAgg> parts;
    for (size_t i = 0; i < values.size();) {
      const size_t n = std::min<size_t>(1 + random() % 5, values.size() - i);
      parts.push_back(Of({values.begin() + static_cast<std::ptrdiff_t>(i),
                          values.begin() + static_cast<std::ptrdiff_t>(i + n)},
                         static_cast<int64_t>(i)));
      i += n;
    }
    while (parts.size() > 1) {
      const size_t i = random() % (parts.size() - 1);
      parts[i].Combine(parts[i + 1]);
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    ExpectSame(parts[0], Of(values), largest * static_cast<double>(values.size()));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace tidemark::tsdb
