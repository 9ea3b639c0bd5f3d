#include "promql/functions/histogram_native.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void ExpectNear(double got, double want) {
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got)) << got;
  } else if (std::isinf(want)) {
    EXPECT_EQ(got, want);
  } else {
    EXPECT_NEAR(got, want, 1e-12);
  }
}

// Schema 0: 4 in (1, 2], 4 in (2, 4], and `zero` in the zero bucket.
FloatHistogram Positive(double zero = 0) {
  FloatHistogram h;
  h.zero_threshold = 0.5;
  h.zero_count = zero;
  h.count = 8 + zero;
  h.sum = 20;
  h.positive_spans = {{1, 2}};
  h.positive_buckets = {4, 4};
  return h;
}

FloatHistogram Mirrored(FloatHistogram h) {
  std::swap(h.positive_spans, h.negative_spans);
  std::swap(h.positive_buckets, h.negative_buckets);
  h.sum = -h.sum;
  return h;
}

// Bounds 0, 1, 5: 2, 4 and 4 observations, and 2 above.
FloatHistogram Custom() {
  FloatHistogram h;
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.custom_values = {0, 1, 5};
  h.positive_spans = {{0, 4}};
  h.positive_buckets = {2, 4, 4, 2};
  h.count = 12;
  h.sum = 30;
  return h;
}

FloatHistogram WithNaNs(FloatHistogram h, double nans) {
  h.count += nans;
  h.sum = kNaN;
  return h;
}

TEST(HistogramQuantile, Cases) {
  using NaNs = NativeQuantile::NaNs;
  const struct {
    const char* name;
    double q;
    FloatHistogram h;
    double want;
    NaNs nans = NaNs::kNone;
  } kCases[] = {
      {"negative q", -1, Positive(), -kInf},
      {"q above 1", 2, Positive(), kInf},
      {"NaN q", kNaN, Positive(), kNaN},
      {"no observations", 0.5, FloatHistogram(), kNaN},
      {"exponential, from below", 0.25, Positive(), std::sqrt(2)},
      {"exponential, from above", 0.75, Positive(), 2 * std::sqrt(2)},
      {"lowest", 0, Positive(), 1},
      {"highest", 1, Positive(), 4},
      {"negative mirrors positive", 0.25, Mirrored(Positive()), -2 * std::sqrt(2)},
      {"zero bucket starts at 0", 0.25, Positive(8), 0.25},
      {"zero bucket ends at 0", 0.75, Mirrored(Positive(8)), -0.25},
      {"custom is linear", 0.5, Custom(), 1},
      {"custom, first bucket at or below 0 gives its bound", 0.1, Custom(), 0},
      {"custom, last bucket gives its lower bound", 0.99, Custom(), 5},
      {"skewed by NaN", 0.4, WithNaNs(Positive(), 2), 2, NaNs::kSkew},
      {"among NaN", 0.9, WithNaNs(Positive(), 2), kNaN, NaNs::kResult},
      {"sum NaN by infinities alone", 0.25, WithNaNs(Positive(), 0), std::sqrt(2)},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const NativeQuantile got = HistogramQuantile(c.q, c.h);
    ExpectNear(got.value, c.want);
    EXPECT_EQ(got.nans, c.nans);
  }
}

TEST(HistogramFraction, Cases) {
  const struct {
    const char* name;
    double lower, upper;
    FloatHistogram h;
    double want;
    bool nans = false;
  } kCases[] = {
      {"everything", -kInf, kInf, Positive(), 1},
      {"one bucket", 1, 2, Positive(), 0.5},
      {"half a bucket, on a logarithmic scale", 1, std::sqrt(2), Positive(), 0.25},
      {"negative", -2, -std::sqrt(2), Mirrored(Positive()), 0.25},
      {"half the zero bucket", 0, 0.25, Positive(8), 0.25},
      {"custom is linear", 0.5, 3, Custom(), 4.0 / 12},
      {"custom, above all bounds", 5, kInf, Custom(), 2.0 / 12},
      {"wrong way round", 2, 1, Positive(), 0},
      {"NaN bound", kNaN, 1, Positive(), kNaN},
      {"no observations", 0, 1, FloatHistogram(), kNaN},
      {"NaN is part of no fraction", -kInf, kInf, WithNaNs(Positive(), 2), 0.8, true},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const NativeFraction got = HistogramFraction(c.lower, c.upper, c.h);
    ExpectNear(got.value, c.want);
    EXPECT_EQ(got.nans, c.nans);
  }
}

TEST(HistogramFraction, IsTheInverseOfHistogramQuantile) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int round = 0; round < 500; ++round) {
    FloatHistogram h;
    h.schema = static_cast<int32_t>(random() % 5) - 1;
    h.zero_threshold = 1e-3;
    h.positive_spans = {{-2, 4}};
    h.negative_spans = {{-1, 3}};
    for (int i = 0; i < 4; ++i) h.positive_buckets.push_back(1 + unit(random));
    for (int i = 0; i < 3; ++i) h.negative_buckets.push_back(1 + unit(random));
    h.zero_count = 1;
    h.count = 1;
    for (double c : h.positive_buckets) h.count += c;
    for (double c : h.negative_buckets) h.count += c;
    const double q = unit(random);
    EXPECT_NEAR(HistogramFraction(-kInf, HistogramQuantile(q, h).value, h).value, q, 1e-9);
  }
}

TEST(HistogramVariance, BucketsCountAtTheirMiddle) {
  // 4 at sqrt(2), 4 at 2*sqrt(2), around a mean of 2.5.
  const double low = std::sqrt(2) - 2.5, high = 2 * std::sqrt(2) - 2.5;
  EXPECT_NEAR(HistogramVariance(Positive()), (low * low + high * high) / 2, 1e-12);
  EXPECT_NEAR(HistogramVariance(Mirrored(Positive())), (low * low + high * high) / 2, 1e-12);
  FloatHistogram custom = Custom();
  custom.positive_spans = {{1, 2}};
  custom.positive_buckets = {4, 4};
  custom.count = 8;
  custom.sum = 14;
  EXPECT_NEAR(HistogramVariance(custom), (1.25 * 1.25 + 1.25 * 1.25) / 2, 1e-12);
}

}  // namespace
}  // namespace tidemark::promql
