#include "promql/plan/info_shift.h"

#include <gtest/gtest.h>

#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

TEST(InfoShiftTest, OfTheFirstSelector) {
  constexpr QueryTimes kTimes{.start = 1'000'000, .end = 2'000'000, .step_ms = 10'000};
  constexpr std::optional<int64_t> kNoAt;
  const struct {
    const char* expr;
    int64_t offset_ms;
    std::optional<int64_t> at;
  } cases[] = {
      {"vector(1)", 0, kNoAt},
      {"x", 0, kNoAt},
      {"-(x offset 5s)", 5'000, kNoAt},
      {"x @ 7 offset 2s", 2'000, 7'000},
      {"sum(x offset 1s) + (y offset 2s)", 1'000, kNoAt},
      {"vector(1) or x @ end()", 0, 2'000'000},
      {"topk(scalar(y offset 1s), x offset 2s)", 2'000, kNoAt},
      {"rate(x[1m] offset 3s)", 3'000, kNoAt},
      {"max_over_time((x offset 1s)[1m:5s] offset 2s)", 3'000, kNoAt},
      {"max_over_time(max_over_time((x offset 1s)[1m:5s] @ 9 offset 2s)[1m:1s] offset 50s)", 3'000,
       9'000},
      {"max_over_time((x @ 4)[1m:5s] @ 9 offset 2s)", 0, 4'000},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    const auto expr = ParseExpr(c.expr, {});
    ASSERT_TRUE(expr.ok()) << expr.status();
    const auto shift = InfoShift(**expr, kTimes);
    ASSERT_TRUE(shift.ok()) << shift.status();
    EXPECT_EQ(shift->offset_ms, c.offset_ms);
    EXPECT_EQ(shift->at, c.at);
  }
}

}  // namespace
}  // namespace tidemark::promql
