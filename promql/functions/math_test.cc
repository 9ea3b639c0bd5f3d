#include "promql/functions/math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "promql/testing/query_harness.h"

namespace tidemark::promql {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(MathTest, FunctionsOfOneFloat) {
  const struct {
    const char* call;  // of x
    double x;
    double expected;
  } cases[] = {
      {"abs(x)", -2.5, 2.5},
      {"abs(x)", kNaN, kNaN},
      {"ceil(x)", 1.2, 2},
      {"floor(x)", -1.2, -2},
      {"exp(x)", 1, std::exp(1)},
      {"sqrt(x)", 9, 3},
      {"sqrt(x)", -1, kNaN},
      {"ln(x)", 0, -kInf},
      {"log2(x)", 8, 3},
      {"log10(x)", 1000, 3},
      {"sgn(x)", -7, -1},
      {"sgn(x)", 0, 0},
      {"sgn(x)", kInf, 1},
      {"sgn(x)", kNaN, kNaN},
      {"deg(x)", 3.141592653589793, 180},
      {"rad(x)", 180, 3.141592653589793},
      {"sin(x)", 1, std::sin(1)},
      {"cos(x)", 1, std::cos(1)},
      {"tan(x)", 1, std::tan(1)},
      {"asin(x)", 0.5, std::asin(0.5)},
      {"acos(x)", 0.5, std::acos(0.5)},
      {"atan(x)", 0.5, std::atan(0.5)},
      {"sinh(x)", 0.5, std::sinh(0.5)},
      {"cosh(x)", 0.5, std::cosh(0.5)},
      {"tanh(x)", 0.5, std::tanh(0.5)},
      {"asinh(x)", 0.5, std::asinh(0.5)},
      {"acosh(x)", 1.5, std::acosh(1.5)},
      {"atanh(x)", 0.5, std::atanh(0.5)},
      {"round(x)", 2.5, 3},
      {"round(x)", -2.5, -2},
      {"round(x, 5)", 12.5, 15},
      {"round(x, 0.1)", 1.26, 1.3},
      {"clamp(x, 1, 3)", 5, 3},
      {"clamp(x, 1, 3)", -5, 1},
      {"clamp(x, 1, 3)", kNaN, kNaN},
      {"clamp_min(x, 3)", 2, 3},
      {"clamp_max(x, 3)", kInf, 3},
      {"clamp_max(x, NaN)", 1, kNaN},
      {"-x", 3, -3},
      {"vector(scalar(x))", 3, 3},
      {"vector(max_of(scalar(x), 5))", 3, 5},
      {"vector(min_of(-scalar(x), 5))", 3, -3},
      {"year(x)", 951782400, 2000},
      {"month(x)", 951782400, 2},
      {"day_of_month(x)", 951782400, 29},
      {"day_of_week(x)", 951782400, 2},
      {"day_of_year(x)", 951782400, 60},
      {"days_in_month(x)", 951782400, 29},
      {"hour(x)", 951782400 + 3661, 1},
      {"minute(x)", 951782400 + 3661, 1},
      {"year(x)", -1, 1969},
      {"year(x)", -0.5, 1970},  // seconds are cut towards zero
      {"hour(x)", -3600, 23},
      {"hour(x)", kNaN, kNaN},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.call);
    QueryHarness q;
    q.Load({{"__name__", "x"}, {"a", "b"}}, 0, 1, {c.x});
    const auto result = q.Execute({.expr = c.call});
    ASSERT_TRUE(result.ok()) << result.status();
    const auto& series = std::get<Vector>(result->value).series;
    ASSERT_EQ(series.size(), 1u);
    EXPECT_FALSE(series[0].labels.Has(tsdb::kMetricName));
    if (std::isnan(c.expected)) {
      EXPECT_TRUE(std::isnan(series[0].floats[0].v));
    } else {
      EXPECT_DOUBLE_EQ(series[0].floats[0].v, c.expected);
    }
  }
}

TEST(MathTest, HistogramsAreDropped) {
  QueryHarness q;
  q.LoadHistograms({{"__name__", "h"}}, 0, 1, {tsdb::FloatHistogram{}});
  for (const char* expr : {"abs(h)", "round(h, 2)", "clamp(h, 1, 2)", "hour(h)", "sort(h)"}) {
    SCOPED_TRACE(expr);
    EXPECT_EQ(q.Instant(expr, 0), "");
  }
  EXPECT_EQ(q.Instant("scalar(h)", 0), "NaN\n");
}

TEST(MathTest, ScalarsPerStep) {
  QueryHarness q;
  q.Load({{"__name__", "x"}}, 0, 10'000, {1, 5, 9});
  EXPECT_EQ(q.Range("clamp(x, time() / 10, 2)", 0, 30'000, 10'000), "{} 1@0 2@10 2@20\n");
  EXPECT_EQ(q.Range("round(x, time() / 5)", 10'000, 20'000, 10'000), "{} 6@10 8@20\n");
  EXPECT_EQ(q.Range("hour()", 3'599'000, 3'600'000, 1'000), "{} 0@3599 1@3600\n");
  EXPECT_EQ(q.Range("scalar(x)", 0, 10'000, 10'000), "{} 1@0 5@10\n");
  q.Load({{"__name__", "x"}, {"a", "b"}}, 10'000, 1, {1});
  EXPECT_EQ(q.Range("scalar(x)", 0, 10'000, 10'000), "{} 1@0 NaN@10\n");
}

}  // namespace
}  // namespace tidemark::promql
