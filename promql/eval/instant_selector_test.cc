#include "promql/eval/instant_selector.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <vector>

#include "promql/testing/query_harness.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

constexpr int64_t kLookback = 300'000;

TEST(InstantSelectorTest, LookbackIsLeftOpen) {
  QueryHarness q;
  q.Load({{"__name__", "x"}}, 1'000'000, 1, {7});
  const struct {
    int64_t t;
    const char* expected;
  } cases[] = {
      {999'999, ""},
      {1'000'000, "{__name__=\"x\"} 7\n"},
      {1'000'000 + kLookback - 1, "{__name__=\"x\"} 7\n"},
      {1'000'000 + kLookback, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.t);
    EXPECT_EQ(q.Instant("x", c.t), c.expected);
  }
}

TEST(InstantSelectorTest, StaleMarkersEndASeries) {
  QueryHarness q;
  tsdb::FloatHistogram stale;
  stale.sum = tsdb::kStaleNaN;
  q.Load({{"__name__", "x"}}, 0, 60'000, {1, tsdb::kStaleNaN, 3});
  q.LoadHistograms({{"__name__", "h"}}, 0, 60'000, {tsdb::FloatHistogram{}, stale});
  EXPECT_EQ(q.Range("x", 0, 180'000, 30'000), "{__name__=\"x\"} 1@0 1@30 3@120 3@150 3@180\n");
  EXPECT_EQ(q.Range("count(h)", 0, 120'000, 30'000), "{} 1@0 1@30\n");
}

TEST(InstantSelectorTest, HistogramsAcrossBordersOfRuns) {
  QueryHarness q(1);
  tsdb::FloatHistogram h;
  h.zero_count = h.count = 2;
  q.LoadHistograms({{"__name__", "h"}}, 0, 120'000, {h, h, h});
  q.Load({{"__name__", "h"}}, 360'000, 60'000, {5});
  EXPECT_EQ(q.Range("histogram_count(h) or h", 0, 360'000, 60'000),
            "{} 2@0 2@60 2@120 2@180 2@240 2@300\n{__name__=\"h\"} 5@360\n");
}

TEST(InstantSelectorTest, TimestampIsThatOfTheSample) {
  QueryHarness q;
  q.Load({{"__name__", "x"}, {"a", "b"}}, 10'000, 60'000, {1, 2, 3});
  EXPECT_EQ(q.Range("timestamp(x)", 60'000, 120'000, 30'000), "{a=\"b\"} 10@60 70@90 70@120\n");
  EXPECT_EQ(q.Range("timestamp((x offset 1m))", 90'000, 120'000, 30'000),
            "{a=\"b\"} 10@90 10@120\n");
  EXPECT_EQ(q.Range("timestamp(x @ 75)", 0, 60'000, 60'000), "{a=\"b\"} 70@0 70@60\n");
  // Anything but a selector has no time but that of the evaluation.
  EXPECT_EQ(q.Range("timestamp(-x)", 60'000, 120'000, 30'000), "{a=\"b\"} 60@60 90@90 120@120\n");
}

// What a selector sees at `t`, the plain way.
std::optional<double> NewestAt(const std::vector<tsdb::Sample>& samples, int64_t t) {
  std::optional<tsdb::Sample> newest;
  for (const tsdb::Sample& s : samples) {
    if (s.t <= t) newest = s;
  }
  if (!newest || newest->t <= t - kLookback || tsdb::IsStaleNaN(newest->v)) return std::nullopt;
  return newest->v;
}

TEST(InstantSelectorTest, RandomSeriesMatchAPlainSearch) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    std::vector<tsdb::Sample> samples;
    int64_t t = static_cast<int64_t>(random() % 400'000);
    for (int i = 0; i < 60; ++i) {
      t += 1 + static_cast<int64_t>(random() % (random() % 5 == 0 ? 900'000 : 40'000));
      samples.push_back({t, random() % 8 == 0 ? tsdb::kStaleNaN : static_cast<double>(i)});
    }
    QueryHarness q(1 + random() % 7);
    ASSERT_TRUE(q.storage.Add(tsdb::Labels::Must({{"__name__", "x"}}), samples).ok());
    const auto step = static_cast<int64_t>(1'000 + random() % 500'000);
    const auto result = q.Execute({.expr = "x", .start = 0, .end = t + kLookback, .step_ms = step});
    ASSERT_TRUE(result.ok());
    std::vector<tsdb::Sample> expected;
    for (int64_t at = 0; at <= t + kLookback; at += step) {
      if (const auto v = NewestAt(samples, at)) expected.push_back({at, *v});
    }
    const auto& series = std::get<Matrix>(result->value).series;
    const std::vector<tsdb::Sample> got =
        series.empty() ? std::vector<tsdb::Sample>() : series[0].floats;
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); ++i) ASSERT_TRUE(SameSample(got[i], expected[i])) << i;
  }
}

}  // namespace
}  // namespace tidemark::promql
