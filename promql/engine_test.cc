#include "promql/engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "promql/testing/query_harness.h"

namespace tidemark::promql {
namespace {

using testing::HasSubstr;

constexpr int64_t kMinute = 60'000;

void LoadRequests(QueryHarness& q) {
  q.Load({{"__name__", "requests_total"}, {"job", "api"}}, 0, kMinute, {0, 60, 120, 180, 240});
  q.Load({{"__name__", "requests_total"}, {"job", "web"}}, 0, kMinute, {0, 6, 12, 18, 24});
}

TEST(EngineTest, ResultsOfEveryType) {
  QueryHarness q;
  LoadRequests(q);
  const struct {
    const char* expr;
    const char* instant;
    const char* range;  // at 0 and 120 s
  } cases[] = {
      {"1 + 1", "2\n", "{} 2@0 2@120\n"},
      {"time()", "120\n", "{} 0@0 120@120\n"},
      {"(\"text\")", "\"text\"\n",
       "error: INVALID_ARGUMENT: invalid expression type \"string\" for range query, must be "
       "Scalar or instant Vector\n"},
      {"requests_total{job=\"web\"}", "{__name__=\"requests_total\", job=\"web\"} 12\n",
       "{__name__=\"requests_total\", job=\"web\"} 0@0 12@120\n"},
      {"requests_total{job=\"web\"}[2m]",
       "{__name__=\"requests_total\", job=\"web\"} 6@60 12@120\n",
       "error: INVALID_ARGUMENT: invalid expression type \"range vector\" for range query, must be "
       "Scalar or instant Vector\n"},
      {"(requests_total{job=\"web\"} * 2)[2m:1m]", "{job=\"web\"} 12@60 24@120\n",
       "error: INVALID_ARGUMENT: invalid expression type \"range vector\" for range query, must be "
       "Scalar or instant Vector\n"},
      {"rate(requests_total[2m])", "{job=\"api\"} 1\n{job=\"web\"} 0.1\n",
       "{job=\"api\"} 1@120\n{job=\"web\"} 0.1@120\n"},
      {"nothing", "", ""},
      {"1 +", "error: INVALID_ARGUMENT: 1:4: parse error: unexpected end of input\n",
       "error: INVALID_ARGUMENT: 1:4: parse error: unexpected end of input\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    EXPECT_EQ(q.Instant(c.expr, 2 * kMinute), c.instant);
    EXPECT_EQ(q.Range(c.expr, 0, 2 * kMinute, 2 * kMinute), c.range);
  }
}

TEST(EngineTest, OneStepOfARangeQueryIsStillAMatrix) {
  QueryHarness q;
  LoadRequests(q);
  EXPECT_EQ(q.Range("sum(requests_total)", kMinute, kMinute, kMinute), "{} 66@60\n");
}

TEST(EngineTest, TimesThatMakeNoSense) {
  QueryHarness q;
  const struct {
    QueryRequest request;
    const char* error;
  } cases[] = {
      {{.expr = "1", .start = 5, .end = 4, .step_ms = 1}, "end 4 is before start 5"},
      {{.expr = "1", .start = 5, .end = 6}, "a step of 0 ms cannot lead from start to end"},
      {{.expr = "1", .start = 5, .end = 6, .step_ms = -1}, "a step of -1 ms"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.error);
    const auto result = q.Execute(c.request);
    ASSERT_EQ(result.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(MessageOf(result.status()).find(c.error), std::string_view::npos);
  }
}

TEST(EngineTest, TimesAtTheEndsOfTheirType) {
  QueryHarness q;
  LoadRequests(q);
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::string exprs[] = {"requests_total offset 1y", "rate(requests_total[1y] offset -1y)",
                               "requests_total @ 9223372036854775 offset -1d",
                               "requests_total @ -9223372036854775 offset 1d",
                               "sum_over_time(requests_total[1d:12h] offset -1d)"};
  for (const std::string& expr : exprs) {
    SCOPED_TRACE(expr);
    for (const int64_t t : {kMin, kMax}) {
      EXPECT_EQ(q.Instant(expr, t), "");
      EXPECT_EQ(q.Range(expr, t, t, 1), "");
    }
  }
  EXPECT_EQ(q.Range("1", kMin, kMax, 1),
            "error: FAILED_PRECONDITION: a range query of 9223372036854775807 steps of 1 ms is "
            "past the limit of 10000000 steps: use a longer step or a shorter range\n");
  EXPECT_EQ(q.Instant("max_over_time(requests_total[10y:1ms])", kMinute),
            "error: FAILED_PRECONDITION: a subquery of 315359999999 steps of 1 ms is past the "
            "limit of 10000000 steps: use a longer step or a shorter range\n");
}

TEST(EngineTest, LimitsSayWhatToDo) {
  QueryHarness q;
  LoadRequests(q);
  q.options.max_series = 1;
  EXPECT_EQ(q.Instant("requests_total{job=\"api\"}", kMinute),
            "{__name__=\"requests_total\", job=\"api\"} 60\n");
  EXPECT_EQ(q.Instant("requests_total", kMinute),
            "error: FAILED_PRECONDITION: the query selects 2 series, more than the limit of 1: "
            "narrow its selectors with label matchers, or raise query.max_series\n");

  q.options.max_series = 100;
  const std::string too_many =
      "error: FAILED_PRECONDITION: query processing would load too many samples into memory in "
      "query execution\n";
  q.options.max_samples = 4;
  EXPECT_EQ(q.Range("requests_total", 0, 2 * kMinute, kMinute), too_many);
  EXPECT_EQ(q.Instant("rate(requests_total[10m])", 4 * kMinute), too_many);
  EXPECT_EQ(q.Instant("requests_total[10m]", 4 * kMinute), too_many);
  EXPECT_EQ(q.Range("time()", 0, 4 * kMinute, kMinute), too_many);
  EXPECT_EQ(q.Range("sum(requests_total)", 0, kMinute, kMinute), "{} 0@0 66@60\n");
}

TEST(EngineTest, MemoryIsLimited) {
  QueryHarness q;
  LoadRequests(q);
  q.options.max_memory_bytes = 400;  // two series' labels and a few samples
  EXPECT_EQ(q.Range("sum(requests_total)", 0, kMinute, kMinute), "{} 0@0 66@60\n");
  EXPECT_EQ(q.Range("time()", 0, 30 * kMinute, kMinute),
            "error: FAILED_PRECONDITION: query processing would take more than 400 bytes of memory "
            "in query execution: narrow its selectors, use a longer step or a shorter range, or "
            "raise query.max_memory\n");
  q.options.max_memory_bytes = 50;  // less than the labels
  EXPECT_THAT(q.Instant("count(requests_total)", kMinute), HasSubstr("more than 50 bytes"));
}

TEST(EngineTest, WhatCannotEndIsNotBegun) {
  QueryHarness q;
  LoadRequests(q);
  q.options.timeout_ms = 1;
  EXPECT_THAT(q.Instant("count_over_time(requests_total[1000s:1ms])", kMinute),
              HasSubstr("steps, which cannot end within its timeout of 1 ms: use a longer step"));
}

TEST(EngineTest, ARequestMayOnlyShortenTheTimeout) {
  QueryHarness q;
  FakeClock clock(0);
  q.options.clock = &clock;
  q.options.timeout_ms = -1;
  EXPECT_FALSE(q.Execute({.expr = "1", .timeout_ms = 1'000'000}).ok());
}

TEST(EngineTest, TellsItsProgress) {
  QueryHarness q;
  LoadRequests(q);
  QueryProgress progress;
  QueryRequest request{.expr = "requests_total",
                       .start = 0,
                       .end = 4 * kMinute,
                       .step_ms = kMinute,
                       .progress = &progress};
  ASSERT_TRUE(q.Execute(request).ok());
  EXPECT_EQ(progress.series.load(), 2u);
  EXPECT_GE(progress.samples.load(), 5u);  // as of the last check
  EXPECT_GE(progress.memory_bytes.load(), 5u * 16);
}

TEST(EngineTest, EndsWhenCancelledOrLate) {
  QueryHarness q;
  LoadRequests(q);
  FakeClock clock(0);
  q.options.clock = &clock;
  q.options.timeout_ms = -1;  // over before it began
  EXPECT_EQ(q.Instant("requests_total", kMinute),
            "error: DEADLINE_EXCEEDED: query timed out in expression evaluation\n");

  q.options.timeout_ms = 1000;
  QueryRequest request{.expr = "requests_total", .start = kMinute, .end = kMinute};
  EXPECT_TRUE(q.Execute(request).ok());
  q.cancellation.Cancel();
  EXPECT_EQ(q.Instant("requests_total", kMinute),
            "error: CANCELLED: query was canceled in expression evaluation\n");
}

TEST(EngineTest, LookbackOfTheRequestWins) {
  QueryHarness q;
  LoadRequests(q);
  QueryRequest request{.expr = "requests_total", .start = 6 * kMinute, .end = 6 * kMinute};
  const auto series_with = [&](int64_t lookback_ms) {
    request.lookback_delta_ms = lookback_ms;
    return std::get<Vector>(q.Execute(request)->value).series.size();
  };
  EXPECT_EQ(series_with(0), 2u);  // the engine's five minutes
  EXPECT_EQ(series_with(2 * kMinute), 0u);
  EXPECT_EQ(series_with(2 * kMinute + 1), 2u);
}

TEST(EngineTest, CountsWhatItReads) {
  QueryHarness q;
  LoadRequests(q);
  QueryRequest request{
      .expr = "rate(requests_total[2m])", .start = 0, .end = 4 * kMinute, .step_ms = kMinute};
  auto result = q.Execute(request);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->stats.series, 2u);
  EXPECT_EQ(result->stats.total_samples, 2 * (1 + 2 + 2 + 2 + 2u));
  EXPECT_GE(result->stats.peak_samples, 2 * 4u);  // the result

  request.expr = "requests_total + requests_total";
  result = q.Execute(request);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->stats.series, 4u);
  EXPECT_EQ(result->stats.total_samples, 20u);
}

TEST(EngineTest, OrderOfInstantVectors) {
  QueryHarness q;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  q.Load({{"__name__", "x"}, {"i", "10"}}, 0, 1, {3});
  q.Load({{"__name__", "x"}, {"i", "9"}}, 0, 1, {nan});
  q.Load({{"__name__", "x"}, {"i", "2"}}, 0, 1, {1});
  q.Load({{"__name__", "x"}, {"i", "1"}}, 0, 1, {2});
  const struct {
    const char* expr;
    const char* values;
  } cases[] = {
      {"x", "2 3 1 NaN "},
      {"sort(x)", "1 2 3 NaN "},
      {"(sort_desc(x))", "3 2 1 NaN "},
      {"-sort(x)", "-2 -3 -1 NaN "},
      {"sort_by_label(x, \"i\")", "2 1 NaN 3 "},
      {"sort_by_label_desc(x, \"nope\", \"i\")", "3 NaN 1 2 "},
      {"topk(2, x)", "3 2 "},
      {"bottomk(2, x)", "1 2 "},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    const auto result = q.Execute({.expr = c.expr});
    ASSERT_TRUE(result.ok());
    std::string values;
    for (const Series& s : std::get<Vector>(result->value).series) {
      values += std::isnan(s.floats[0].v) ? "NaN " : fmt::format("{} ", s.floats[0].v);
    }
    EXPECT_EQ(values, c.values);
  }
}

}  // namespace
}  // namespace tidemark::promql
