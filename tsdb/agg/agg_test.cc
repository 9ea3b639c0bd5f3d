#include "tsdb/agg/agg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "tsdb/model/random_histogram.h"

namespace tidemark::tsdb {
namespace {

// A sample of either type.
struct Point {
  int64_t t = 0;
  double v = 0;
  std::optional<FloatHistogram> h;
  bool stale() const { return h.has_value() ? h->IsStale() : IsStaleNaN(v); }
};

void AddPoint(Agg& agg, const Point& point) {
  if (point.h.has_value()) {
    agg.Add(point.t, *point.h);
  } else {
    agg.Add(Sample{point.t, point.v});
  }
}

Agg Of(std::span<const Point> points) {
  Agg agg;
  for (const Point& point : points) AddPoint(agg, point);
  return agg;
}

std::vector<const FloatHistogram*> HistogramsOf(const std::vector<Point>& points) {
  std::vector<const FloatHistogram*> histograms;
  for (const Point& point : points) {
    if (point.h.has_value() && !point.stale()) histograms.push_back(&*point.h);
  }
  return histograms;
}

// The plain model of increase over histograms, from all samples: every step's
// growth, where a reset starts again from nothing.
FloatHistogram PlainIncrease(const std::vector<const FloatHistogram*>& all) {
  size_t from = 0;
  FloatHistogram total = *all.back();
  if (all[1]->DetectReset(*all[0])) from = 1;
  for (size_t i = from; i < all.size(); ++i) {
    if (total.UsesCustomBuckets() || all[i]->schema >= total.schema) continue;
    EXPECT_TRUE(total.ReduceResolution(all[i]->schema).ok());
  }
  if (from == 0) {
    EXPECT_TRUE(total.Sub(*all[0]).ok());
  }
  for (size_t i = from + 1; i < all.size(); ++i) {
    if (!all[i]->DetectReset(*all[i - 1])) continue;
    EXPECT_TRUE(total.Add(*all[i - 1]).ok());
  }
  total.Compact(0);
  return total;
}

void ExpectClose(const FloatHistogram& got, const FloatHistogram& want) {
  FloatHistogram difference = got;
  ASSERT_EQ(got.schema, want.schema);
  ASSERT_TRUE(difference.Sub(want).ok());
  EXPECT_NEAR(difference.count, 0, 1e-6);
  EXPECT_NEAR(difference.sum, 0, 1e-6);
  EXPECT_NEAR(difference.zero_count, 0, 1e-6);
  for (const double bucket : difference.positive_buckets) EXPECT_NEAR(bucket, 0, 1e-6);
  for (const double bucket : difference.negative_buckets) EXPECT_NEAR(bucket, 0, 1e-6);
}

// Random series: counters of histograms or floats, with resets, changes of
// resolution, stale markers, and now and then the other type.
class RandomSeries {
 public:
  explicit RandomSeries(uint64_t seed) : random_(seed) {}

  std::vector<Point> Make() {
    std::vector<Point> points;
    bool histograms = random_.Below(3) > 0;
    // Mostly of one kind all along, as real series are.
    const bool fickle = random_.Below(4) == 0;
    const bool custom = random_.Below(4) == 0;
    FloatHistogram h = custom ? random_.Custom() : random_.Exponential();
    const double threshold = 0;
    const std::vector<double> bounds = h.custom_values;
    const uint64_t n = 2 + random_.Below(20);
    for (uint64_t i = 0; i < n; ++i) {
      if (fickle && random_.Below(5) == 0) histograms = !histograms;
      h = Next(h, custom, fickle);
      if (!fickle && !custom) h.zero_threshold = threshold;
      if (!fickle && custom && h.custom_values != bounds) h = points.back().h.value_or(h);
      Point point;
      point.t = static_cast<int64_t>(i) * 10;
      point.v = static_cast<double>(random_.Below(100));
      if (histograms) point.h = h;
      if (random_.Below(12) == 0) point = Stale(point.t, histograms);
      points.push_back(point);
    }
    return points;
  }

  uint64_t Below(uint64_t n) { return random_.Below(n); }

 private:
  FloatHistogram Next(const FloatHistogram& h, bool custom, bool fickle) {
    if (fickle && random_.Below(6) == 0) return random_.Any();
    FloatHistogram next = random_.Later(h);
    if (random_.Below(6) == 0) next.Mul(0.5);  // a reset
    if (!custom && !next.UsesCustomBuckets() && random_.Below(8) == 0) {
      EXPECT_TRUE(next.ReduceResolution(next.schema - 1).ok());
    }
    next.counter_reset_hint =
        random_.Below(10) == 0 ? CounterResetHint::kGauge : CounterResetHint::kUnknown;
    return next;
  }

  static Point Stale(int64_t t, bool histogram) {
    Point point;
    point.t = t;
    point.v = kStaleNaN;
    if (histogram) {
      point.h.emplace();
      point.h->sum = kStaleNaN;
    }
    return point;
  }

  RandomHistograms random_;
};

void ExpectSameHistograms(const HistogramAgg& got, const HistogramAgg& want) {
  ASSERT_EQ(got.n, want.n);
  EXPECT_EQ(got.gauges, want.gauges);
  EXPECT_EQ(got.raw_only, want.raw_only);
  EXPECT_EQ(got.reset_hint_seen, want.reset_hint_seen);
  EXPECT_EQ(got.no_reset_hint_seen, want.no_reset_hint_seen);
  if (got.n == 0 || got.raw_only) return;
  EXPECT_EQ(got.first_is_reset, want.first_is_reset);
  EXPECT_EQ(got.lowest_schema, want.lowest_schema);
  EXPECT_TRUE(got.first.h.Equals(want.first.h));
  EXPECT_TRUE(got.last.h.Equals(want.last.h));
  ExpectClose(*got.Sum(), *want.Sum());
  ExpectClose(*got.Average(), *want.Average());
  if (got.n < 2) return;
  ExpectClose(*got.Increase(), *want.Increase());
  ExpectClose(*got.Delta(), *want.Delta());
}

TEST(AggTest, AnyCutsCombineToTheWhole) {
  RandomSeries random(83);
  size_t whole = 0, raw_only = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::vector<Point> points = random.Make();
    const Agg want = Of(points);
    std::vector<Agg> parts;
    for (size_t i = 0; i < points.size();) {
      const size_t n = std::min<size_t>(random.Below(5), points.size() - i);
      parts.push_back(Of(std::span(points).subspan(i, n)));  // some are empty
      i += n;
    }
    while (parts.size() > 1) {
      const size_t i = random.Below(parts.size() - 1);
      parts[i].Combine(parts[i + 1]);
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    const Agg& got = parts[0];
    EXPECT_EQ(got.resets, want.resets);
    EXPECT_EQ(got.changes, want.changes);
    EXPECT_EQ(got.stale_t, want.stale_t);
    EXPECT_EQ(got.floats.n, want.floats.n);
    EXPECT_NEAR(got.floats.Increase(), want.floats.Increase(), 1e-6);
    ExpectSameHistograms(got.histograms, want.histograms);
    ASSERT_FALSE(HasFailure()) << "round " << round;
    ++(want.histograms.raw_only ? raw_only : whole);
  }
  EXPECT_GT(whole, 1000u) << "the usual case must not be the exception";
  EXPECT_GT(raw_only, 50u);
}

TEST(AggTest, IncreaseOfHistogramsIsThatOfTheSamples) {
  RandomSeries random(89);
  size_t compared = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::vector<Point> points = random.Make();
    const auto histograms = HistogramsOf(points);
    const Agg agg = Of(points);
    ASSERT_EQ(agg.histograms.n, histograms.size());
    const auto increase = agg.histograms.Increase();
    if (!increase.ok()) {
      ASSERT_EQ(increase.status().code(), StatusCode::kFailedPrecondition);
      continue;
    }
    EXPECT_EQ(increase->counter_reset_hint, CounterResetHint::kGauge);
    ExpectClose(*increase, PlainIncrease(histograms));
    ASSERT_FALSE(HasFailure()) << "round " << round;
    ++compared;
  }
  EXPECT_GT(compared, 500u);
}

TEST(AggTest, ResetsAndChangesGoOverBothTypes) {
  Agg agg;
  FloatHistogram h;
  h.count = 3;
  agg.Add(Sample{1, 5});
  agg.Add(Sample{2, 4});  // a reset, a change
  agg.Add(3, h);          // to the other type: both
  agg.Add(4, h);          // nothing
  h.count = 2;
  agg.Add(5, h);          // both
  agg.Add(Sample{6, 1});  // both
  agg.Add(Sample{7, 1});
  EXPECT_EQ(agg.resets, 4u);
  EXPECT_EQ(agg.changes, 4u);
  EXPECT_EQ(agg.floats.n, 4u);
  EXPECT_EQ(agg.histograms.n, 3u);
}

TEST(AggTest, NaNToNaNIsNoChange) {
  Agg agg;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  agg.Add(Sample{1, nan});
  agg.Add(Sample{2, nan});
  agg.Add(Sample{3, 1});
  EXPECT_EQ(agg.changes, 1u);
  EXPECT_EQ(agg.resets, 0u);
}

TEST(AggTest, StaleMarkers) {
  Agg agg;
  EXPECT_TRUE(agg.empty());
  agg.Add(Sample{1, kStaleNaN});
  EXPECT_TRUE(agg.empty());
  EXPECT_EQ(agg.stale_t, 1);
  agg.Add(Sample{2, 7});
  EXPECT_EQ(agg.stale_t, std::nullopt) << "it came back";
  agg.Add(Sample{3, kStaleNaN});
  agg.Add(Sample{4, kStaleNaN});
  EXPECT_EQ(agg.stale_t, 3) << "the first of them";
  EXPECT_EQ(agg.floats.n, 1u);
  EXPECT_EQ(agg.changes, 0u);
}

TEST(AggTest, RunsOfBothTypes) {
  const int64_t times[] = {1, 2, 3};
  const double values[] = {1, 2, 5};
  const std::vector<FloatHistogram> histograms(3);
  Agg agg;
  SampleRun floats;
  floats.t = times;
  floats.v = values;
  agg.Add(floats);
  EXPECT_EQ(agg.floats.Sum(), 8);
  SampleRun run;
  const int64_t later[] = {4, 5, 6};
  run.t = later;
  run.h = histograms;
  agg.Add(run);
  EXPECT_EQ(agg.histograms.n, 3u);
}

TEST(AggTest, TooFewHistogramsAreSaid) {
  Agg agg;
  EXPECT_EQ(agg.histograms.Sum().status().code(), StatusCode::kFailedPrecondition);
  agg.Add(1, FloatHistogram());
  EXPECT_TRUE(agg.histograms.Sum().ok());
  EXPECT_EQ(agg.histograms.Increase().status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(agg.histograms.Delta().status().code(), StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace tidemark::tsdb
