#include "promql/parser/printer.h"

#include <gtest/gtest.h>

#include <string>

#include "promql/parser/ast_equal.h"
#include "promql/parser/parse.h"
#include "promql/testing/random_expr.h"

namespace tidemark::promql {
namespace {

constexpr ParserOptions kAll = {.experimental_functions = true,
                                .duration_expressions = true,
                                .extended_range_selectors = true,
                                .binary_fill_modifiers = true};

std::string Printed(std::string_view text) {
  const StatusOr<ExprPtr> expr = ParseExpr(text, kAll);
  return expr.ok() ? Print(**expr) : std::string(MessageOf(expr.status()));
}

TEST(PrinterTest, Normalizes) {
  const struct {
    const char* text;
    const char* printed;
  } cases[] = {
      {"1.50", "1.5"},
      {"1e3", "1000"},
      {"1e37", "10000000000000000000000000000000000000"},
      {"1e-7", "0.0000001"},
      {"0x1F", "31"},
      {"-0", "-0"},
      {"inf", "+Inf"},
      {"Inf ^ 2", "Inf ^ 2"},
      {"nan", "NaN"},
      {"90m", "1h30m"},
      {"14d", "2w"},
      {"400d", "400d"},
      {"-1500ms", "-1s500ms"},
      {"'it\\'s'", "\"it's\""},
      {"`a\\b`", "\"a\\\\b\""},
      {"up{z='1',a!='2'}", "up{a!=\"2\",z=\"1\"}"},
      {"{'my.metric', 'a.b'=~'c'}", "{\"a.b\"=~\"c\",__name__=\"my.metric\"}"},
      {"{__name__='up'}", "{__name__=\"up\"}"},
      {"up{}", "up"},
      {"up offset 60s @ 1.5", "up @ 1.500 offset 1m"},
      {"up[300s] offset -1m @ end()", "up[5m] @ end() offset -1m"},
      {"up[1m] smoothed offset 1m", "up[1m] smoothed offset 1m"},
      {"up[5m:] @ start()", "up[5m:] @ start()"},
      {"up[5m:60s]", "up[5m:1m]"},
      {"up[step() + 1m * (2)]", "up[step() + 1m * (2)]"},
      {"up offset -(5m)", "up offset -(5m)"},
      {"up offset +max_of(step(), 1m)", "up offset max_of(step(), 1m)"},
      {"SUM(up) BY (job, 'a.b')", "sum by (job, \"a.b\") (up)"},
      {"sum by () (up)", "sum(up)"},
      {"sum without () (up)", "sum without () (up)"},
      {"topk(3,up)", "topk(3, up)"},
      {"a+on(x)group_left(y)b", "a + on (x) group_left (y) b"},
      {"a+ignoring()group_right b", "a + ignoring () group_right () b"},
      {"a==bool on()b", "a == bool on () b"},
      {"a+ignoring()b", "a + b"},
      {"a+fill(-1)b", "a + fill (-1) b"},
      {"a+fill_right(2)fill_left(1e6)b", "a + fill_left (1e+06) fill_right (2) b"},
      {"a</5", "a </ 5"},
      {"- a", "-a"},
      {"( a )", "(a)"},
      {"time ( )", "time()"},
      {"round(a,  5)", "round(a, 5)"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Printed(c.text), c.printed);
    EXPECT_EQ(Printed(c.printed), c.printed);
  }
}

TEST(PrinterTest, ParsingWhatWasPrintedGivesTheSame) {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    RandomExprs exprs(seed, {.features = kAll});
    const std::string text = exprs.Next(ValueType::kVector, 4);
    SCOPED_TRACE(text);
    const StatusOr<ExprPtr> expr = ParseExpr(text, kAll);
    ASSERT_TRUE(expr.ok()) << expr.status();
    for (const std::string& printed : {Print(**expr), PrettyPrint(**expr)}) {
      SCOPED_TRACE(printed);
      const StatusOr<ExprPtr> again = ParseExpr(printed, kAll);
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_TRUE(Equal(**expr, **again));
      EXPECT_EQ(Print(**again), Print(**expr));
    }
  }
}

// 101 bytes on one line are one too many.
TEST(PrettyPrinterTest, SplitsWhatIsLong) {
  const std::string metric(40, 'm');
  const struct {
    std::string text;
    std::string pretty;
  } cases[] = {
      {"a + b", "a + b"},
      {std::string(101, 'm'), std::string(101, 'm')},
      {"sum(" + std::string(95, 'm') + ")", "sum(" + std::string(95, 'm') + ")"},
      {"sum(" + std::string(96, 'm') + ")", "sum(\n  " + std::string(96, 'm') + "\n)"},
      {metric + "1 + on (job) " + metric + "2 * " + metric + "3",
       "  " + metric + "1\n+ on (job)\n  " + metric + "2 * " + metric + "3"},
      {"sum by (job) (rate(" + std::string(95, 'm') + "[5m]))",
       "sum by (job) (\n  rate(\n    " + std::string(95, 'm') + "[5m]\n  )\n)"},
      {"topk(5, (" + std::string(100, 'm') + "))",
       "topk(\n  5,\n  (\n    " + std::string(100, 'm') + "\n  )\n)"},
      {"-sum(" + std::string(100, 'm') + ")", "-sum(\n  " + std::string(100, 'm') + "\n)"},
      {"max_over_time(rate(" + std::string(95, 'm') + "[1m])[5m:1m] offset 1m)",
       "max_over_time(\n  rate(\n    " + std::string(95, 'm') + "[1m]\n  )[5m:1m] offset 1m\n)"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const StatusOr<ExprPtr> expr = ParseExpr(c.text, kAll);
    ASSERT_TRUE(expr.ok()) << expr.status();
    EXPECT_EQ(PrettyPrint(**expr), c.pretty);
  }
}

}  // namespace
}  // namespace tidemark::promql
