#include "promql/script/script_invariance.h"

#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

TEST(FixedAt, SetsTheTimeWhereThereIsNone) {
  const struct {
    const char* expr;
    const char* want;
  } kCases[] = {
      {"x", "x @ 1.500"},
      {"sum by (a) (rate(x[5m] offset 1m))", "sum by (a) (rate(x[5m] @ 1.500 offset 1m))"},
      {"-(x + y @ 7)", "-(x @ 1.500 + y @ 7.000)"},
      {"topk(scalar(x), y)", "topk(scalar(x @ 1.500), y @ 1.500)"},
      {"max_over_time(x[5m:1m])", "max_over_time(x[5m:1m] @ 1.500)"},
      {"x @ end()", "x @ 1.500"},
      {"1 + 2", "1 + 2"},
      {"time() - x", ""},
      {"predict_linear(x[1m], 60)", ""},
      {"sum(timestamp(x))", ""},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.expr);
    const StatusOr<std::string> fixed = FixedAt(c.expr, 1500, {});
    ASSERT_TRUE(fixed.ok());
    EXPECT_EQ(*fixed, c.want);
  }
  EXPECT_EQ(FixedAt("sum(", 0, {}).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tidemark::promql
