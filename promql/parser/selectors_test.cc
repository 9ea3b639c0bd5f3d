#include "promql/parser/selectors.h"

#include <gtest/gtest.h>

#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

TEST(SelectorsTest, FindsEverySelectorInOrder) {
  const struct {
    const char* expr;
    std::vector<std::string> names;
  } kCases[] = {
      {"1 + 1", {}},
      {"a", {"a"}},
      {"-sum_over_time(a[5m:1m] offset 1m)", {"a"}},
      {"rate(a[5m]) / on(x) group_left sum by (x) (b)", {"a", "b"}},
      {"topk(scalar(k), max_over_time((a + b)[5m:]))", {"k", "a", "b"}},
      {"label_replace(a, \"x\", \"y\", \"z\", \"\") unless a", {"a", "a"}},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.expr);
    const StatusOr<ExprPtr> expr = ParseExpr(c.expr, {});
    ASSERT_TRUE(expr.ok()) << expr.status();
    std::vector<std::string> names;
    for (const VectorSelector* s : SelectorsOf(**expr)) names.push_back(s->name);
    EXPECT_EQ(names, c.names);
  }
}

}  // namespace
}  // namespace tidemark::promql
