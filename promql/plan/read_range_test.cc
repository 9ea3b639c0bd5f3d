#include "promql/plan/read_range.h"

#include <gtest/gtest.h>

#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

TEST(ReadRangeTest, CoversEverySelector) {
  constexpr QueryTimes kTimes{.start = 1'000'000, .end = 2'000'000, .step_ms = 10'000};
  const struct {
    const char* expr;
    int64_t start;
    int64_t end;
  } cases[] = {
      {"1 + time()", 0, 0},
      {"x", 1'000'000 - 299'999, 2'000'000},
      {"x offset 10s", 990'000 - 299'999, 1'990'000},
      {"x offset -10s", 1'010'000 - 299'999, 2'010'000},
      {"x @ 500", 500'000 - 299'999, 500'000},
      {"x @ end() offset 10s", 1'990'000 - 299'999, 1'990'000},
      {"rate(x[1m])", 940'001, 2'000'000},
      {"rate(x[1m] @ start())", 940'001, 1'000'000},
      {"sum_over_time(x[100s:10s] offset 50s)", 850'000 - 299'999, 1'950'000},
      {"sum_over_time(x[100s:10s] @ 500)", 400'000 - 299'999, 500'000},
      {"sum_over_time((x @ 500)[100s:10s])", 500'000 - 299'999, 500'000},
      {"rate(x[1m])[100s:10s]", 840'001, 2'000'000},
      {"-(x @ 10) + rate(y[1s] @ 1500)", 10'000 - 299'999, 1'500'000},
      {"topk(scalar(x @ 3000), rate(y[1s]))", 999'001, 3'000'000},
      {"info(rate(x[1s]))", 1'000'000 - 299'999, 2'000'000},
      {"info(x @ 500, {a=\"b\"})", 500'000 - 299'999, 500'000},
      {"histogram_count(rate(x[1m]))", 640'001, 2'000'000},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    const auto expr = ParseExpr(c.expr, {.experimental_functions = true});
    ASSERT_TRUE(expr.ok()) << expr.status();
    const auto range = ReadRangeOf(**expr, kTimes, 300'000);
    ASSERT_TRUE(range.ok()) << range.status();
    EXPECT_EQ(range->start, c.start);
    EXPECT_EQ(range->end, c.end);
  }
}

}  // namespace
}  // namespace tidemark::promql
