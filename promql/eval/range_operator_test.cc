#include "promql/eval/range_operator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "promql/testing/query_harness.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

constexpr int64_t kRange = 60'000;

using Samples = std::vector<tsdb::Sample>;

// What Prometheus calls extrapolated rate, over one window, without cleverness.
double PlainIncrease(const Samples& window, int64_t start, int64_t end, bool is_counter) {
  double increase = window.back().v - window.front().v;
  for (size_t i = 1; i < window.size() && is_counter; ++i) {
    if (window[i].v < window[i - 1].v) increase += window[i - 1].v;
  }
  const double sampled = static_cast<double>(window.back().t - window.front().t) / 1000;
  const double gap = sampled / static_cast<double>(window.size() - 1);
  double to_start = static_cast<double>(window.front().t - start) / 1000;
  double to_end = static_cast<double>(end - window.back().t) / 1000;
  if (to_start >= gap * 1.1) to_start = gap / 2;
  if (to_end >= gap * 1.1) to_end = gap / 2;
  if (is_counter && increase > 0 && window.front().v >= 0) {
    to_start = std::min(to_start, sampled * (window.front().v / increase));
  }
  return increase * (sampled + to_start + to_end) / sampled;
}

double PlainQuantity(const std::string& function, const Samples& window, int64_t end) {
  const int64_t start = end - kRange;
  double result = 0;
  if (function == "rate") return PlainIncrease(window, start, end, true) / 60;
  if (function == "increase") return PlainIncrease(window, start, end, true);
  if (function == "delta") return PlainIncrease(window, start, end, false);
  if (function == "count_over_time") return static_cast<double>(window.size());
  for (size_t i = 1; i < window.size(); ++i) {
    const double before = window[i - 1].v;
    if (function == "resets") result += window[i].v < before;
    if (function == "changes") result += window[i].v != before;
  }
  if (function == "resets" || function == "changes") return result;
  for (const tsdb::Sample& s : window) result += s.v;
  if (function == "sum_over_time") return result;
  const double mean = result / static_cast<double>(window.size());
  if (function == "avg_over_time") return mean;
  if (function == "max_over_time" || function == "min_over_time") {
    const auto [min, max] = std::minmax_element(
        window.begin(), window.end(), [](const auto& a, const auto& b) { return a.v < b.v; });
    return function == "max_over_time" ? max->v : min->v;
  }
  double squares = 0;
  for (const tsdb::Sample& s : window) squares += (s.v - mean) * (s.v - mean);
  const double variance = squares / static_cast<double>(window.size());
  return function == "stdvar_over_time" ? variance : std::sqrt(variance);
}

bool NeedsTwo(const std::string& function) {
  return function == "rate" || function == "increase" || function == "delta";
}

// Counters with resets, gaps, stale markers; rates of any step against the range.
Samples RandomSamples(std::mt19937_64& random) {
  Samples samples;
  int64_t t = 0;
  double v = static_cast<double>(random() % 50);
  for (int i = 0; i < 120; ++i) {
    t += 1 + static_cast<int64_t>(random() % (random() % 12 == 0 ? 200'000 : 15'000));
    v = random() % 9 == 0 ? static_cast<double>(random() % 5)
                          : v + static_cast<double>(random() % 20);
    samples.push_back({t, random() % 15 == 0 ? tsdb::kStaleNaN : v});
  }
  return samples;
}

Samples WindowOf(const Samples& samples, int64_t end) {
  Samples window;
  for (const tsdb::Sample& s : samples) {
    if (s.t > end - kRange && s.t <= end && !tsdb::IsStaleNaN(s.v)) window.push_back(s);
  }
  return window;
}

TEST(RangeOperatorTest, RandomCountersMatchAPlainEvaluation) {
  const std::vector<std::string> functions = {"rate",
                                              "increase",
                                              "delta",
                                              "count_over_time",
                                              "resets",
                                              "changes",
                                              "sum_over_time",
                                              "avg_over_time",
                                              "max_over_time",
                                              "min_over_time",
                                              "stdvar_over_time",
                                              "stddev_over_time"};
  std::mt19937_64 random(3);
  for (int round = 0; round < 60; ++round) {
    const Samples samples = RandomSamples(random);
    QueryHarness q(1 + random() % 9);
    ASSERT_TRUE(q.storage.Add(tsdb::Labels::Must({{"__name__", "x_total"}}), samples).ok());
    const auto step = static_cast<int64_t>(500 + random() % 150'000);
    for (const std::string& function : functions) {
      SCOPED_TRACE(function);
      const auto result = q.Execute({.expr = function + "(x_total[1m])",
                                     .start = 0,
                                     .end = samples.back().t,
                                     .step_ms = step});
      ASSERT_TRUE(result.ok()) << result.status();
      Samples expected;
      for (int64_t t = 0; t <= samples.back().t; t += step) {
        const Samples window = WindowOf(samples, t);
        if (window.size() < (NeedsTwo(function) ? 2 : 1)) continue;
        expected.push_back({t, PlainQuantity(function, window, t)});
      }
      const auto& series = std::get<Matrix>(result->value).series;
      ASSERT_EQ(series.size(), expected.empty() ? 0u : 1u);
      if (expected.empty()) continue;
      ASSERT_EQ(series[0].floats.size(), expected.size());
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(series[0].floats[i].t, expected[i].t);
        ASSERT_NEAR(series[0].floats[i].v, expected[i].v, 1e-9 * (1 + std::abs(expected[i].v)));
      }
    }
  }
}

tsdb::FloatHistogram Histogram(double count) {
  tsdb::FloatHistogram h;
  h.count = h.sum = count;
  h.positive_spans = {{0, 1}};
  h.positive_buckets = {count};
  return h;
}

tsdb::FloatHistogram Gauge(double count) {
  tsdb::FloatHistogram h = Histogram(count);
  h.counter_reset_hint = tsdb::CounterResetHint::kGauge;
  return h;
}

tsdb::FloatHistogram Custom(double count) {
  tsdb::FloatHistogram h = Histogram(count);
  h.schema = tsdb::FloatHistogram::kCustomBucketsSchema;
  h.custom_values = {1, 2};
  return h;
}

// Floats at 60, 61 … and histograms at 80, 81 … seconds, evaluated at 100 s.
struct AnnotationCase {
  const char* name;
  const char* expr;
  std::vector<double> floats;
  std::vector<tsdb::FloatHistogram> histograms;
  const char* expected;
};

TEST(RangeOperatorTest, Annotations) {
  const char* mixed =
      "PromQL warning: encountered a mix of histograms and floats for metric name \"x_total\" "
      "(1:6)\n";
  const char* not_counter =
      "PromQL warning: this native histogram metric is not a counter: \"x_total\" (1:6)\n";
  const char* not_gauge =
      "PromQL warning: this native histogram metric is not a gauge: \"x_total\" (1:7)\n";
  const char* kinds =
      "PromQL warning: vector contains a mix of histograms with exponential and custom buckets "
      "schemas for metric name \"x_total\" (1:6)\n";
  const char* ignored =
      "PromQL info: ignored histograms in a range containing both floats and histograms for metric "
      "name \"x_total\" ";
  const std::vector<AnnotationCase> cases = {
      {"mixed", "rate(x_total[1m])", {1, 2}, {Histogram(1), Histogram(2)}, mixed},
      {"gauge", "rate(x_total[1m]) < 0", {}, {Gauge(1), Gauge(2)}, not_counter},
      {"counter", "delta(x_total[1m]) < 0", {}, {Histogram(1), Histogram(2)}, not_gauge},
      {"kinds", "rate(x_total[1m])", {}, {Custom(1), Custom(2), Histogram(3)}, kinds},
      {"kinds inside", "rate(x_total[1m])", {}, {Custom(1), Histogram(2), Custom(3)}, kinds},
      {"irate, last is a float", "irate(x_total[1m])", {1}, {}, ""},
      {"min", "min_over_time(x_total[1m])", {1, 2}, {Histogram(1)}, ignored},
      {"quantile", "quantile_over_time(0.5, x_total[1m])", {1, 2}, {Histogram(1)}, ignored},
  };
  for (const AnnotationCase& c : cases) {
    SCOPED_TRACE(c.name);
    QueryHarness q;
    q.Load({{"__name__", "x_total"}}, 60'000, 1'000, c.floats);
    q.LoadHistograms({{"__name__", "x_total"}}, 80'000, 1'000, c.histograms);
    const std::string text = q.Instant(c.expr, 100'000);
    if (std::string_view(c.expected).empty()) {
      EXPECT_EQ(text, "");
    } else {
      EXPECT_NE(text.find(c.expected), std::string::npos) << text;
    }
  }
}

TEST(RangeOperatorTest, HistogramRatesOverResets) {
  QueryHarness q;
  q.LoadHistograms({{"__name__", "h"}}, 0, 15'000,
                   {Histogram(10), Histogram(20), Histogram(5), Histogram(9), Histogram(9)});
  // 10 up to 20, reset, 5, 4 more: 19, and one second of 60 is extrapolated.
  EXPECT_EQ(q.Instant("histogram_count(increase(h[61s]))", 60'000), "{} 19.316666666666666\n");
  // A reset between the first two: what came before it does not count.
  EXPECT_EQ(q.Instant("histogram_count(increase(h[31s]))", 45'000), "{} 9.3\n");
}

TEST(RangeOperatorTest, InfoWhenTheNameIsNoCounters) {
  QueryHarness q;
  q.Load({{"__name__", "x"}}, 0, 10'000, {1, 2, 3});
  const std::string info =
      "PromQL info: metric might not be a counter, name does not end in "
      "_total/_sum/_count/_bucket: \"x\" (1:6)\n";
  EXPECT_EQ(q.Instant("rate(x[20s])", 20'000), "{} 0.1\n" + info);
  EXPECT_EQ(q.Instant("rate(x[1s])", 20'000), "");
  EXPECT_EQ(q.Instant("delta(x[20s])", 20'000), "{} 2\n");
  // The result of a subquery has no position.
  EXPECT_EQ(q.Instant("sum(rate(x[20s:10s]))", 20'000).substr(0, 8), "{} 0.1\nP");
  EXPECT_NE(q.Instant("sum(rate(x[20s:10s]))", 20'000).find("(1:1)\n"), std::string::npos);
}

TEST(RangeOperatorTest, SeriesThatBecomeTheSame) {
  QueryHarness q;
  q.Load({{"__name__", "a"}, {"i", "1"}}, 0, 10'000, {1, 2, 3});
  q.Load({{"__name__", "b"}, {"i", "1"}}, 1'000'000, 10'000, {1, 2, 3});
  const std::string error =
      "error: FAILED_PRECONDITION: vector cannot contain metrics with the same labelset\n";
  EXPECT_EQ(q.Instant("count_over_time({i=\"1\"}[20s])", 20'000), "{i=\"1\"} 2\n");
  EXPECT_EQ(q.Instant("count_over_time({i=\"1\"}[2000s])", 1'020'000), error);
  EXPECT_EQ(q.Range("count_over_time({i=\"1\"}[20s])", 0, 1'000'000, 500'000), error);
  EXPECT_EQ(q.Range("last_over_time({i=\"1\"}[20s])", 0, 1'000'000, 500'000),
            "{__name__=\"a\", i=\"1\"} 1@0\n{__name__=\"b\", i=\"1\"} 1@1000\n");
  // Functions of instant vectors join them instead, as long as they do not meet.
  EXPECT_EQ(q.Range("abs({i=\"1\"})", 0, 1'000'000, 500'000), "{i=\"1\"} 1@0 1@1000\n");
  EXPECT_EQ(q.Instant("abs({i=\"1\"} or {i=\"1\"} offset 1000s)", 1'010'000), "{i=\"1\"} 2\n");
}

TEST(RangeOperatorTest, Absence) {
  QueryHarness q;
  q.Load({{"__name__", "x"}, {"i", "1"}}, 100'000, 10'000, {1, 2, 3});
  q.Load({{"__name__", "x"}, {"i", "2"}}, 200'000, 10'000, {1});
  EXPECT_EQ(q.Range("absent_over_time(x{i=~\".+\", j=\"k\", l!=\"m\"}[20s])", 0, 50'000, 50'000),
            "{j=\"k\"} 1@0 1@50\n");
  EXPECT_EQ(q.Range("absent_over_time(x[20s])", 50'000, 250'000, 50'000), "{} 1@50 1@150 1@250\n");
  EXPECT_EQ(q.Instant("absent_over_time(x[20s])", 110'000), "");
  EXPECT_EQ(q.Instant("absent(x{i=\"1\", i=\"2\", k=\"v\"})", 0), "{k=\"v\"} 1\n");
  EXPECT_EQ(q.Instant("absent(sum(nope{k=\"v\"}))", 0), "{} 1\n");
  EXPECT_EQ(q.Instant("absent(x)", 110'000), "");
}

TEST(RangeOperatorTest, FixedTimesAndSubqueries) {
  QueryHarness q;
  q.Load({{"__name__", "x"}}, 0, 10'000, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  const struct {
    const char* expr;
    const char* expected;  // at 50 and 90 s
  } cases[] = {
      {"sum_over_time(x[30s])", "{} 12@50 24@90\n"},
      {"sum_over_time(x[30s] offset 10s)", "{} 9@50 21@90\n"},
      {"sum_over_time(x[30s] offset -10s)", "{} 15@50 17@90\n"},
      {"sum_over_time(x[30s] @ 40)", "{} 9@50 9@90\n"},
      {"sum_over_time(x[30s] @ start())", "{} 12@50 12@90\n"},
      {"sum_over_time(x[30s] @ end() offset 10s)", "{} 21@50 21@90\n"},
      {"sum_over_time(x[range()])", "{} 14@50 30@90\n"},
      // A grid of its own, at multiples of its step: 30, 45 s; 60, 75, 90 s.
      {"count_over_time(x[30s:15s])", "{} 2@50 2@90\n"},
      {"sum_over_time(x[30s:20s])", "{} 4@50 8@90\n"},
      {"sum_over_time(x[30s:10s] @ 40)", "{} 9@50 9@90\n"},
      {"sum_over_time((x @ 40)[30s:10s])", "{} 12@50 12@90\n"},
      {"max_over_time(sum_over_time(x[20s:10s])[20s:10s])", "{} 9@50 17@90\n"},
      {"count_over_time(vector(1)[1s:1m])", ""},
      {"predict_linear(x[30s] @ 40, 0)", "{} 5@50 9@90\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    EXPECT_EQ(q.Range(c.expr, 50'000, 90'000, 40'000), c.expected);
  }
}

TEST(RangeOperatorTest, ArgumentsOutOfRange) {
  QueryHarness q;
  q.Load({{"__name__", "x"}}, 0, 10'000, {0, 1, 2});
  EXPECT_EQ(q.Instant("double_exponential_smoothing(x[30s], 0, 0.5)", 20'000),
            "error: FAILED_PRECONDITION: invalid smoothing factor. Expected: 0 < sf < 1, got: "
            "0.000000\n");
  EXPECT_EQ(q.Instant("double_exponential_smoothing(x[30s], 0.5, 1)", 20'000),
            "error: FAILED_PRECONDITION: invalid trend factor. Expected: 0 < tf < 1, got: "
            "1.000000\n");
  EXPECT_EQ(q.Instant("quantile_over_time(-1, x[30s])", 20'000),
            "{} -Inf\nPromQL warning: quantile value should be between 0 and 1, got -1 (1:20)\n");
}

}  // namespace
}  // namespace tidemark::promql
