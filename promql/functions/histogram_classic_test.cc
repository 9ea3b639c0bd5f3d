#include "promql/functions/histogram_classic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tidemark::promql {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Buckets = std::vector<ClassicBucket>;

// Equal, NaN to NaN, infinities by sign.
void ExpectSame(double got, double want) {
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got)) << got;
  } else {
    EXPECT_DOUBLE_EQ(got, want);
  }
}

TEST(ParseUpperBound, ReadsWhatPrometheusReads) {
  const struct {
    const char* le;
    double want;
  } kGood[] = {{"0.5", 0.5},   {"1", 1},      {"+5", 5},       {"-2e-3", -0.002},
               {"+Inf", kInf}, {"inf", kInf}, {"-Inf", -kInf}, {"Infinity", kInf}};
  for (const auto& c : kGood) {
    SCOPED_TRACE(c.le);
    ASSERT_TRUE(ParseUpperBound(c.le).has_value());
    EXPECT_EQ(*ParseUpperBound(c.le), c.want);
  }
  for (const char* bad : {"", " 1", "1 ", "1s", "++1", "+-1", "one", "1e400"}) {
    EXPECT_FALSE(ParseUpperBound(bad).has_value()) << bad;
  }
}

TEST(BucketQuantile, Cases) {
  const Buckets latency = {{0.1, 10}, {0.5, 30}, {1, 40}, {kInf, 50}};
  const Buckets signed_bounds = {{-1, 10}, {0, 20}, {1, 40}, {kInf, 40}};
  const struct {
    const char* name;
    double q;
    Buckets buckets;
    double want;
  } kCases[] = {
      {"lowest bucket starts at 0", 0.1, latency, 0.05},
      {"on a bound", 0.2, latency, 0.1},
      {"middle of a bucket", 0.4, latency, 0.3},
      {"highest bucket gives the bound below", 0.95, latency, 1},
      {"q is 0", 0, latency, 0},
      {"q is 1", 1, latency, 1},
      {"lowest bucket below zero gives its bound", 0.1, signed_bounds, -1},
      {"between negative bounds", 0.375, signed_bounds, -0.5},
      {"order does not matter", 0.4, {{kInf, 50}, {0.5, 30}, {1, 40}, {0.1, 10}}, 0.3},
      {"equal bounds add up", 0.5, {{1, 5}, {1, 5}, {2, 20}, {kInf, 20}}, 1},
      {"negative q", -0.1, latency, -kInf},
      {"q above 1", 1.1, latency, kInf},
      {"NaN q", kNaN, latency, kNaN},
      {"no +Inf bucket", 0.5, {{1, 5}, {2, 10}}, kNaN},
      {"one bucket", 0.5, {{kInf, 10}}, kNaN},
      {"no observations", 0.5, {{1, 0}, {kInf, 0}}, kNaN},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    Buckets buckets = c.buckets;
    const ClassicQuantile got = BucketQuantile(c.q, buckets);
    ExpectSame(got.value, c.want);
    EXPECT_FALSE(got.forced_monotonic);
  }
}

TEST(BucketQuantile, RaisesCountsThatFall) {
  Buckets buckets = {{1, 10}, {2, 8}, {3, 5}, {4, 20}, {kInf, 20}};
  const ClassicQuantile got = BucketQuantile(0.75, buckets);
  EXPECT_DOUBLE_EQ(got.value, 3.5);
  EXPECT_TRUE(got.forced_monotonic);
  EXPECT_EQ(got.min_bucket, 2);
  EXPECT_EQ(got.max_bucket, 3);
  EXPECT_EQ(got.max_diff, 5);
}

TEST(BucketQuantile, PassesOverRounding) {
  Buckets buckets = {{1, 10}, {2, 10 - 1e-13}, {3, 10 + 1e-13}, {kInf, 10}};
  const ClassicQuantile got = BucketQuantile(0.99, buckets);
  EXPECT_DOUBLE_EQ(got.value, 0.99);
  EXPECT_FALSE(got.forced_monotonic);
}

TEST(BucketFraction, Cases) {
  const Buckets latency = {{0.1, 10}, {0.5, 30}, {1, 40}, {kInf, 50}};
  const Buckets from_minus_infinity = {{-1, 10}, {1, 30}, {kInf, 40}};
  const struct {
    const char* name;
    double lower, upper;
    Buckets buckets;
    double want;
  } kCases[] = {
      {"everything", -kInf, kInf, latency, 1},
      {"on bounds", 0.1, 0.5, latency, 0.4},
      {"inside one bucket", 0.2, 0.4, latency, 0.2},
      {"below the lowest", -5, 0, latency, 0},
      {"the highest bucket counts only whole", 0.5, 100, latency, 0.2},
      {"up to infinity", 1, kInf, latency, 0.2},
      {"into a bucket without lower bound", -kInf, -2, from_minus_infinity, 0.25},
      {"bounds the wrong way round", 0.5, 0.1, latency, 0},
      {"NaN bound", kNaN, 1, latency, kNaN},
      {"no +Inf bucket", 0, 1, {{1, 5}}, kNaN},
      {"no observations", 0, 1, {{1, 0}, {kInf, 0}}, kNaN},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    Buckets buckets = c.buckets;
    ExpectSame(BucketFraction(c.lower, c.upper, buckets), c.want);
  }
}

TEST(BucketFraction, IsTheInverseOfBucketQuantile) {
  std::mt19937_64 random(20240229);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int round = 0; round < 500; ++round) {
    Buckets buckets;
    double bound = 0, count = 0;
    for (int i = 0; i < 8; ++i) {
      buckets.push_back({bound += 0.01 + unit(random), count += 1 + 9 * unit(random)});
    }
    buckets.push_back({kInf, count});
    const double q = unit(random);
    const double value = BucketQuantile(q, buckets).value;
    EXPECT_NEAR(BucketFraction(-kInf, value, buckets), q, 1e-12);
  }
}

}  // namespace
}  // namespace tidemark::promql
