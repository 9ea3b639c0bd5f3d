#include "promql/parser/ast_equal.h"

#include <gtest/gtest.h>

#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

ExprPtr MustParse(const char* text) {
  StatusOr<ExprPtr> expr = ParseExpr(text, {.experimental_functions = true,
                                            .duration_expressions = true,
                                            .extended_range_selectors = true,
                                            .binary_fill_modifiers = true});
  EXPECT_TRUE(expr.ok()) << text << ": " << expr.status();
  return expr.ok() ? *std::move(expr) : std::make_unique<NumberLiteral>();
}

TEST(AstEqualTest, SameInOtherWords) {
  const char* const cases[][2] = {
      {"up", " up "},
      {"up{a=\"1\",b=\"2\"}", "up{b='2',a='1'}"},
      {"sum by (a) (up)", "SUM(up) by (a,)"},
      {"NaN", "nan"},
      {"1e3", "1000"},
      {"up[60s]", "up[1m]"},
      {"a + ignoring () b", "a + b"},
      {"up offset 1m @ 5", "up @ 5.0 offset 60s"},
  };
  for (const auto& [a, b] : cases) {
    SCOPED_TRACE(a);
    EXPECT_TRUE(Equal(*MustParse(a), *MustParse(b)));
  }
}

// Each pair differs in one field.
TEST(AstEqualTest, Different) {
  const char* const cases[][2] = {
      {"1", "2"},
      {"0", "-0"},
      {"60", "1m"},
      {"\"a\"", "\"b\""},
      {"up", "down"},
      {"up", "up{a=\"1\"}"},
      {"up{a=\"1\"}", "up{a!=\"1\"}"},
      {"up{a=\"1\",b=\"2\"}", "up{a=\"1\",a=\"1\"}"},
      {"up", "{__name__=\"up\"}"},
      {"up", "up offset 1m"},
      {"up offset 1m", "up offset step()"},
      {"up @ 5", "up @ 6"},
      {"up @ start()", "up @ end()"},
      {"up[1m] anchored", "up[1m]"},
      {"up[1m] anchored", "up[1m] smoothed"},
      {"up[1m]", "up[2m]"},
      {"up[step()]", "up[range()]"},
      {"up[(step())]", "up[step()]"},
      {"up[1m + 2m]", "up[1m + 3m]"},
      {"up[1m]", "up[1m:]"},
      {"up[1m:]", "up[1m:1m]"},
      {"up[1m:1m]", "up[1m:step()]"},
      {"-a", "+a"},
      {"-a", "a"},
      {"a + b", "a - b"},
      {"a + b", "b + a"},
      {"a == b", "a == bool b"},
      {"a + on () b", "a + b"},
      {"a + on (x) b", "a + ignoring (x) b"},
      {"a + on (x) group_left b", "a + on (x) group_right b"},
      {"a + on (x) group_left b", "a + on (x) group_left (y) b"},
      {"a + fill_left (1) b", "a + fill_right (1) b"},
      {"a + fill (1) b", "a + fill (2) b"},
      {"sum(a)", "avg(a)"},
      {"sum(a)", "sum(b)"},
      {"sum by (x) (a)", "sum without (x) (a)"},
      {"sum by (x) (a)", "sum by (y) (a)"},
      {"topk(1, a)", "topk(2, a)"},
      {"abs(a)", "ceil(a)"},
      {"round(a)", "round(a, 1)"},
      {"(a)", "a"},
  };
  for (const auto& [a, b] : cases) {
    SCOPED_TRACE(std::string(a) + " | " + b);
    EXPECT_FALSE(Equal(*MustParse(a), *MustParse(b)));
    EXPECT_FALSE(Equal(*MustParse(b), *MustParse(a)));
  }
}

TEST(AstEqualTest, ParenthesesCountUnlessTheyDoNot) {
  const ExprPtr plain = MustParse("a + b * abs(c)");
  const ExprPtr parens = MustParse("((a) + (b * (abs((c)))))");
  const ExprPtr regrouped = MustParse("(a + b) * abs(c)");
  EXPECT_FALSE(Equal(*plain, *parens));
  EXPECT_TRUE(EqualButForParens(*plain, *parens));
  EXPECT_FALSE(EqualButForParens(*plain, *regrouped));
}

}  // namespace
}  // namespace tidemark::promql
