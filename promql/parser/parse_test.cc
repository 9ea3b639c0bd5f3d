#include "promql/parser/parse.h"

#include <gtest/gtest.h>

#include <string>

#include "promql/parser/printer.h"

namespace tidemark::promql {
namespace {

constexpr ParserOptions kPlain;
constexpr ParserOptions kAll = {.experimental_functions = true,
                                .duration_expressions = true,
                                .extended_range_selectors = true,
                                .binary_fill_modifiers = true};

std::string ErrorOf(std::string_view text, const ParserOptions& options) {
  const StatusOr<ExprPtr> expr = ParseExpr(text, options);
  return expr.ok() ? "parsed as " + Print(**expr) : std::string(MessageOf(expr.status()));
}

// Each pair of parentheses shows what an operator holds together.
TEST(ParseTest, Precedence) {
  const struct {
    const char* text;
    const char* grouped;
  } cases[] = {
      {"a + b * c", "a + (b * c)"},
      {"a * b + c", "(a * b) + c"},
      {"a - b - c", "(a - b) - c"},
      {"a ^ b ^ c", "a ^ (b ^ c)"},
      {"-a ^ b", "-(a ^ b)"},
      {"-a * b", "(-a) * b"},
      {"a ^ -b * c", "(a ^ (-b)) * c"},
      {"a or b and c", "a or (b and c)"},
      {"a and b or c unless d", "(a and b) or (c unless d)"},
      {"a == b + c", "a == (b + c)"},
      {"a == b and c", "(a == b) and c"},
      {"a < b > c", "(a < b) > c"},
      {"a atan2 b / c", "(a atan2 b) / c"},
      {"a </ b + c", "a </ (b + c)"},
      {"a + b offset 5m", "a + (b offset 5m)"},
      {"-a[5m:1m]", "-(a[5m:1m])"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto plain = ParseExpr(c.text, kPlain);
    const auto grouped = ParseExpr(c.grouped, kPlain);
    if (!plain.ok()) {
      EXPECT_EQ(MessageOf(plain.status()), MessageOf(grouped.status()));
      continue;
    }
    ASSERT_TRUE(grouped.ok());
    EXPECT_EQ(Print(**plain), c.text);
    EXPECT_EQ((*plain)->kind, (*grouped)->kind);
  }
}

TEST(ParseTest, SyntaxErrorsSayWhereAndWhatWasExpected) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"", "unknown position: parse error: no expression found in input"},
      {"up down", "1:4: parse error: unexpected identifier \"down\""},
      {"up +", "1:5: parse error: unexpected end of input"},
      {"up\n  + )", "2:6: parse error: unexpected right parenthesis ')'"},
      {"sum(up down)", "1:8: parse error: unexpected identifier \"down\" in aggregation"},
      {"sum by job (up)",
       "1:8: parse error: unexpected identifier \"job\" in grouping opts, expected \"(\""},
      {"up[5m", "1:6: parse error: unclosed left bracket"},
      {"up offset up",
       "1:11: parse error: unexpected identifier \"up\" in offset, expected number, duration, "
       "step(), or range()"},
      {"up @ up", "1:6: parse error: unexpected identifier \"up\" in @, expected timestamp"},
      {"up{job}",
       "1:7: parse error: unexpected \"}\" in label matching, expected label matching operator"},
      {"up{job=api}",
       "1:8: parse error: unexpected identifier \"api\" in label matching, expected string"},
      {"rate(up[5m],)", "1:12: parse error: trailing commas not allowed in function call args"},
      {"nosuch(up)", "1:1: parse error: unknown function with name \"nosuch\""},
      {"1e999",
       "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e999\": "
       "value out of range"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(ErrorOf(c.text, kPlain), c.error);
  }
}

}  // namespace
}  // namespace tidemark::promql
