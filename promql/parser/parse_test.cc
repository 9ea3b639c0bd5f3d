#include "promql/parser/parse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "promql/parser/ast_equal.h"
#include "promql/parser/functions.h"
#include "promql/parser/printer.h"
#include "promql/testing/random_expr.h"

namespace tidemark::promql {
namespace {

using tsdb::Matcher;

constexpr ParserOptions kPlain;
constexpr ParserOptions kAll = {.experimental_functions = true,
                                .duration_expressions = true,
                                .extended_range_selectors = true,
                                .binary_fill_modifiers = true};

struct ErrorCase {
  const char* text;
  const char* error;
};

std::string ErrorOf(std::string_view text, const ParserOptions& options) {
  const StatusOr<ExprPtr> expr = ParseExpr(text, options);
  if (expr.ok()) return "parsed as " + Print(**expr);
  EXPECT_EQ(expr.status().code(), StatusCode::kInvalidArgument);
  return std::string(MessageOf(expr.status()));
}

void ExpectErrors(std::initializer_list<ErrorCase> cases, const ParserOptions& options) {
  for (const ErrorCase& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(ErrorOf(c.text, options), c.error);
  }
}

ExprPtr MustParse(std::string_view text, const ParserOptions& options = kAll) {
  StatusOr<ExprPtr> expr = ParseExpr(text, options);
  EXPECT_TRUE(expr.ok()) << text << ": " << expr.status();
  return expr.ok() ? *std::move(expr) : std::make_unique<NumberLiteral>();
}

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
      {"a offset 5m + b", "(a offset 5m) + b"},
      {"a offset -5m ^ 2", "(a offset -5m) ^ 2"},
      {"a offset step() * 2", "(a offset step()) * 2"},
      {"a offset -(1m + 1m) * 2", "(a offset -(1m + 1m)) * 2"},
      {"-sum_over_time(a[5m:1m])", "-(sum_over_time(a[5m:1m]))"},
      {"sum(a) by (x) + b", "(sum by (x) (a)) + b"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_TRUE(EqualButForParens(*MustParse(c.text), *MustParse(c.grouped)));
  }
}

TEST(ParseTest, ParenthesesThatPrecedenceImpliesChangeNothing) {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    RandomExprs few(seed, {.features = kAll});
    RandomExprs many(seed, {.features = kAll, .all_parens = true});
    const std::string text = few.Next(ValueType::kVector, 5);
    const std::string grouped = many.Next(ValueType::kVector, 5);
    SCOPED_TRACE(text + "\n" + grouped);
    ASSERT_TRUE(EqualButForParens(*MustParse(text), *MustParse(grouped)));
  }
}

TEST(ParseTest, Numbers) {
  const struct {
    const char* text;
    double value;
  } cases[] = {
      {"1", 1},      {".5", 0.5},     {"5.", 5},         {"1e-3", 0.001},
      {"0x1F", 31},  {"010", 8},      {"08", 8},         {"1_000", 1000},
      {"+1", 1},     {"-1", -1},      {"--1", 1},        {"1m30s", 90},
      {"-1m", -60},  {"1500ms", 1.5}, {"Inf", INFINITY}, {"-inf", -INFINITY},
      {"1e-400", 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const ExprPtr expr = MustParse(c.text);
    ASSERT_EQ(expr->kind, ExprKind::kNumber);
    EXPECT_EQ(As<NumberLiteral>(expr.get())->value, c.value);
    EXPECT_EQ(expr->pos, (PositionRange{0, static_cast<int32_t>(strlen(c.text))}));
  }
  EXPECT_TRUE(std::isnan(As<NumberLiteral>(MustParse("NaN").get())->value));
}

TEST(ParseTest, Selectors) {
  const std::string text = "up{job=\"a\", 'b.c'!~`d|e`,} @ 1.5 offset -1h";
  const ExprPtr expr = MustParse(text);
  const auto* selector = As<VectorSelector>(expr.get());
  ASSERT_NE(selector, nullptr);
  EXPECT_EQ(selector->name, "up");
  ASSERT_EQ(selector->matchers.size(), 3u);
  EXPECT_EQ(selector->matchers[0], *Matcher::Make(Matcher::Op::kEqual, "job", "a"));
  EXPECT_EQ(selector->matchers[1], *Matcher::Make(Matcher::Op::kNotRegex, "b.c", "d|e"));
  EXPECT_EQ(selector->matchers[2], Matcher::Equal("__name__", "up"));
  EXPECT_EQ(selector->shift.offset_ms, -3'600'000);
  ASSERT_TRUE(selector->shift.at);
  EXPECT_EQ(selector->shift.at->kind, AtModifier::Kind::kTime);
  EXPECT_EQ(selector->shift.at->t, 1500);
  EXPECT_EQ(selector->pos, (PositionRange{0, static_cast<int32_t>(text.size())}));
}

TEST(ParseTest, QuotedMetricName) {
  const ExprPtr expr = MustParse("{\"my.metric\"}");
  const auto* selector = As<VectorSelector>(expr.get());
  ASSERT_NE(selector, nullptr);
  EXPECT_EQ(selector->name, "");
  ASSERT_EQ(selector->matchers.size(), 1u);
  EXPECT_EQ(selector->matchers[0], Matcher::Equal("__name__", "my.metric"));
}

TEST(ParseTest, RangesAndSubqueries) {
  const ExprPtr range = MustParse("up[5m] offset 1m");
  const auto* matrix = As<MatrixSelector>(range.get());
  ASSERT_NE(matrix, nullptr);
  EXPECT_EQ(matrix->range_ms, 300'000);
  EXPECT_EQ(matrix->selector->shift.offset_ms, 60'000);
  EXPECT_EQ(matrix->pos, (PositionRange{0, 16}));
}

TEST(ParseTest, SubqueryFields) {
  const ExprPtr expr = MustParse("rate(up[1m])[90:5s] @ end()");
  const auto* subquery = As<SubqueryExpr>(expr.get());
  ASSERT_NE(subquery, nullptr);
  EXPECT_EQ(subquery->range_ms, 90'000);
  EXPECT_EQ(subquery->step_ms, 5'000);
  EXPECT_EQ(subquery->shift.at->kind, AtModifier::Kind::kEnd);
  EXPECT_EQ(As<SubqueryExpr>(MustParse("up[5m:]").get())->step_ms, 0);
}

TEST(ParseTest, DurationExpressions) {
  const ExprPtr expr = MustParse("up[(step() + 1m) * 2] offset -min_of(1m, 30s)");
  const auto* matrix = As<MatrixSelector>(expr.get());
  ASSERT_NE(matrix, nullptr);
  ASSERT_NE(matrix->range_expr, nullptr);
  EXPECT_EQ(matrix->range_expr->op, DurationExpr::Op::kMul);
  const auto* sum = As<DurationExpr>(matrix->range_expr->lhs.get());
  ASSERT_NE(sum, nullptr);
  EXPECT_TRUE(sum->wrapped);
  const DurationExpr* offset = matrix->selector->shift.offset_expr.get();
  ASSERT_NE(offset, nullptr);
  EXPECT_EQ(offset->op, DurationExpr::Op::kSub);
  EXPECT_EQ(offset->lhs, nullptr);
}

TEST(ParseTest, Matching) {
  const ExprPtr expr = MustParse("a / on (x) group_left (y, z) fill_right (-2) b");
  const auto* binary = As<BinaryExpr>(expr.get());
  ASSERT_NE(binary, nullptr);
  ASSERT_TRUE(binary->matching);
  EXPECT_EQ(binary->matching->card, MatchCardinality::kManyToOne);
  EXPECT_TRUE(binary->matching->on);
  EXPECT_EQ(binary->matching->labels, std::vector<std::string>{"x"});
  EXPECT_EQ(binary->matching->include, (std::vector<std::string>{"y", "z"}));
  EXPECT_FALSE(binary->matching->fill_left);
  EXPECT_EQ(binary->matching->fill_right, -2);

  EXPECT_EQ(As<BinaryExpr>(MustParse("a and b").get())->matching->card,
            MatchCardinality::kManyToMany);
  EXPECT_FALSE(As<BinaryExpr>(MustParse("a + 1").get())->matching);
}

TEST(ParseTest, KeywordsAreNamesWhereTheyCannotBeKeywords) {
  for (const char* text : {"sum", "by", "offset offset 5m", "and and and", "start{a=\"b\"}",
                           "fill + fill", "sum by (on, bool, group_left, offset, atan2, sum) (up)",
                           "{on=\"b\",sum=\"a\"}", "step", "anchored", "limitk"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(Print(*MustParse(text)), text);
  }
}

TEST(ParseTest, CommentsAndSpace) {
  EXPECT_EQ(Print(*MustParse("# first\n sum ( # inside\r\n up\t) # last")), "sum(up)");
}

TEST(ParseTest, SyntaxErrorsSayWhereAndWhatWasExpected) {
  ExpectErrors(
      {
          {"", "unknown position: parse error: no expression found in input"},
          {"# nothing", "1:1: parse error: no expression found in input"},
          {"up down", "1:4: parse error: unexpected identifier \"down\""},
          {"up +", "1:5: parse error: unexpected end of input"},
          {"up\n  + )", "2:6: parse error: unexpected right parenthesis ')'"},
          {"(up", "1:4: parse error: unclosed left parenthesis"},
          {"()", "1:2: parse error: unexpected \")\""},
          {"sum(up down)", "1:8: parse error: unexpected identifier \"down\" in aggregation"},
          {"sum by job (up)",
           "1:8: parse error: unexpected identifier \"job\" in grouping opts, expected \"(\""},
          {"sum by (5) (up)",
           "1:9: parse error: unexpected number \"5\" in grouping opts, expected label"},
          {"sum by (job instance) (up)",
           "1:13: parse error: unexpected identifier \"instance\" in grouping opts, expected \",\" "
           "or \")\""},
          {"up + on (job) group_left * up",
           "1:26: parse error: unexpected <op:*> in grouping opts, expected \"(\""},
          {"up[5m", "1:6: parse error: unclosed left bracket"},
          {"up[", "1:4: parse error: unexpected end of input in duration expression"},
          {"up[5m 5m]",
           "1:7: parse error: unexpected duration \"5m\" in subquery or range, expected \":\" or "
           "\"]\""},
          {"up[]",
           "1:4: parse error: unexpected \"]\" in subquery or range selector, expected number, "
           "duration, step(), or range()"},
          {"up[5m:1m 1m]",
           "1:10: parse error: unexpected duration \"1m\" in subquery selector, expected \"]\""},
          {"up[0]", "1:4: parse error: duration must be greater than 0"},
          {"up[5x]", "1:4: parse error: bad number or duration syntax: \"5\""},
          {"up offset up",
           "1:11: parse error: unexpected identifier \"up\" in offset, expected number, duration, "
           "step(), or range()"},
          {"up @ up", "1:6: parse error: unexpected identifier \"up\" in @, expected timestamp"},
          {"up{job}",
           "1:7: parse error: unexpected \"}\" in label matching, expected label matching "
           "operator"},
          {"up{job=api}",
           "1:8: parse error: unexpected identifier \"api\" in label matching, expected string"},
          {"up{=\"a\"}",
           "1:4: parse error: unexpected \"=\" in label matching, expected identifier or \"}\""},
          {"up{a=\"b\" c=\"d\"}",
           "1:10: parse error: unexpected identifier \"c\" in label matching, expected \",\" or "
           "\"}\""},
          {"up{", "1:4: parse error: unexpected end of input inside braces"},
          {"up{a~\"b\"}", "1:5: parse error: unexpected character inside braces: '~'"},
          {"up{a=~\"(\"}", "1:4: parse error: error parsing regexp: missing closing ): `(`"},
          {"rate(up[5m],)", "1:12: parse error: trailing commas not allowed in function call args"},
          {"nosuch(up)", "1:1: parse error: unknown function with name \"nosuch\""},
          {"1e999",
           "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e999\": value "
           "out of range"},
          {"\"unclosed", "1:1: parse error: unterminated quoted string"},
          {"'\\q'", "1:1: parse error: unknown escape sequence U+0071 'q'"},
          {"up $ 1", "1:4: parse error: unexpected character: '$'"},
          {"1 ! 2", "1:3: parse error: unexpected character after '!': ' '"},
          {"\"a string longer than ten\" up", "1:28: parse error: unexpected identifier \"up\""},
          {"up \"a string longer than ten\"",
           "1:4: parse error: unexpected string \"\\\"a string \"..."},
      },
      kPlain);
}

TEST(ParseTest, TypeErrors) {
  ExpectErrors(
      {
          {"1 == 2", "1:3: parse error: comparisons between scalars must use BOOL modifier"},
          {"a + bool b",
           "1:3: parse error: bool modifier can only be used on comparison operators"},
          {"a + on(x) 1", "1:1: parse error: vector matching only allowed between instant vectors"},
          {"a and 1",
           "1:1: parse error: set operator \"and\" not allowed in binary scalar expression"},
          {"a or on(x) group_left b", "1:1: parse error: no grouping allowed for \"or\" operation"},
          {"a + on(x) group_left(x) b",
           "1:3: parse error: label \"x\" must not occur in ON and GROUP clause at once"},
          {"a[5m] + b",
           "1:1: parse error: binary expression must contain only scalar and instant vector "
           "types"},
          {"-\"x\"",
           "1:1: parse error: unary expression only allowed on expressions of type scalar or "
           "instant vector, got \"string\""},
          {"sum(a[5m])",
           "1:5: parse error: expected type instant vector in aggregation expression, got range "
           "vector"},
          {"topk(a, b)",
           "1:6: parse error: expected type scalar in aggregation parameter, got instant vector"},
          {"topk(1)",
           "1:1: parse error: wrong number of arguments for aggregate expression provided, "
           "expected 2, got 1"},
          {"sum()", "1:1: parse error: no arguments for aggregate expression provided"},
          {"rate(a)",
           "1:6: parse error: expected type range vector in call to function \"rate\", got instant "
           "vector"},
          {"rate()", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 0"},
          {"round(a, 1, 2)",
           "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3"},
          {"label_join(a, \"b\")",
           "1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 2"},
          {"{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"},
          {"{a=~\".*\"}",
           "1:1: parse error: vector selector must contain at least one non-empty matcher"},
          {"up{__name__=\"down\"}",
           "1:1: parse error: metric name must not be set twice: \"up\" or \"down\""},
          {"1[5m:]",
           "1:1: parse error: subquery is only allowed on instant vector, got scalar instead"},
          {"sum(a)[5m]", "1:7: parse error: ranges only allowed for vector selectors"},
          {"a offset 5m [5m]", "1:13: parse error: no offset modifiers allowed before range"},
          {"a @ 1 [5m]", "1:7: parse error: no @ modifiers allowed before range"},
          {"a offset 1m offset 2m", "1:1: parse error: offset may not be set multiple times"},
          {"a @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times"},
          {"a @ Inf", "1:1: parse error: timestamp out of bounds for @ modifier: +Inf"},
          {"1 offset 1m",
           "1:1: parse error: offset modifier must be preceded by an instant vector selector or "
           "range vector selector or a subquery"},
      },
      kPlain);
}

TEST(ParseTest, FeaturesAreOffUnlessAskedFor) {
  ExpectErrors(
      {
          {"limitk(1, a)",
           "1:1: parse error: limitk() is experimental and must be enabled with "
           "--enable-feature=promql-experimental-functions"},
          {"info(a)", "1:1: parse error: function \"info\" is not enabled"},
          {"a[step()]", "1:3: parse error: experimental duration expression is not enabled"},
          {"a[1m + 2m]", "1:3: parse error: experimental duration expression is not enabled"},
          {"a offset -step()",
           "1:10: parse error: experimental duration expression is not enabled"},
          {"a[1m] anchored", "1:1: parse error: anchored modifier is experimental and not enabled"},
          {"a + fill(0) b",
           "1:1: parse error: binop fill modifiers are experimental and not enabled"},
      },
      kPlain);
}

TEST(ParseTest, FeaturesHaveErrorsOfTheirOwn) {
  ExpectErrors(
      {
          {"a[1m / 0]", "1:6: parse error: division by zero"},
          {"a[1m % 0]", "1:6: parse error: modulo by zero"},
          {"a[1m] anchored smoothed",
           "1:1: parse error: anchored and smoothed modifiers cannot be used together"},
          {"a[1m:] smoothed",
           "1:1: parse error: smoothed modifier is not supported for subqueries"},
          {"sum(a) anchored", "1:1: parse error: anchored modifier not implemented"},
          {"a + fill(0) 1",
           "1:1: parse error: filling in missing series only allowed between instant vectors"},
          {"a or fill(0) b",
           "1:1: parse error: filling in missing series not allowed for set operators"},
          {"info(a, b)",
           "1:9: parse error: expected label selectors only, got vector selector instead"},
          {"info(a, sum(b))", "1:9: parse error: expected label selectors only"},
      },
      kAll);
  EXPECT_EQ(Print(*MustParse("info(a, {})")), "info(a, {})");
}

// The first error is the one met first when reading, not the one that is further
// in front.
TEST(ParseTest, WhatCannotBeReadComesBeforeWhatIsWrong) {
  ExpectErrors({{"nosuch(a) $", "1:1: parse error: unknown function with name \"nosuch\""},
                {"sum() $", "1:7: parse error: unexpected character: '$'"},
                {"rate(a, $)", "1:9: parse error: unexpected character: '$'"},
                {"rate(a) b", "1:9: parse error: unexpected identifier \"b\""}},
               kPlain);
}

std::string Repeat(std::string_view piece, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += piece;
  return out;
}

TEST(ParseTest, NestingHasABound) {
  const int most = kMaxNesting - 1;
  EXPECT_TRUE(ParseExpr(Repeat("(", most) + "up" + Repeat(")", most), kPlain).ok());
  for (const char* piece : {"(", "-", "abs(", "sum by (a) (", "a ^ ", "up[", "up offset -("}) {
    SCOPED_TRACE(piece);
    const StatusOr<ExprPtr> expr = ParseExpr(Repeat(piece, 1'000'000 / strlen(piece)), kAll);
    EXPECT_EQ(expr.status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(ErrorOf(Repeat("(", 1'000'000), kPlain),
            "1:501: parse error: expression is nested deeper than 500 levels");
  EXPECT_EQ(ErrorOf("up[" + Repeat("(", 1'000'000), kAll),
            "1:503: parse error: expression is nested deeper than 500 levels");
}

TEST(ParseTest, ChainsHaveABound) {
  const ExprPtr chain = MustParse("a" + Repeat(" + a", kMaxTreeHeight - 1));
  EXPECT_EQ(chain->height, kMaxTreeHeight);
  EXPECT_TRUE(Equal(*chain, *MustParse(Print(*chain))));
  EXPECT_FALSE(PrettyPrint(*chain).empty());
  for (const char* piece : {" + a", "[5m:]", " or a", "[1m:1m] offset 1m"}) {
    SCOPED_TRACE(piece);
    const std::string error = ErrorOf("a" + Repeat(piece, 1'000'000 / strlen(piece)), kPlain);
    EXPECT_EQ(error, "1:1: parse error: expression has more than 2000 levels of operators");
  }
  EXPECT_EQ(ErrorOf("a[1m" + Repeat("+1m", 300'000) + "]", kAll),
            "1:3: parse error: expression has more than 2000 levels of operators");
}

TEST(ParseMetricSelectorTest, TakesOneSelector) {
  const auto matchers = ParseMetricSelector("up{job=~\"a|b\"}");
  ASSERT_TRUE(matchers.ok()) << matchers.status();
  ASSERT_EQ(matchers->size(), 2u);
  EXPECT_EQ((*matchers)[0].ToString(), "job=~\"a|b\"");
  EXPECT_EQ((*matchers)[1], Matcher::Equal("__name__", "up"));
  for (const char* text : {"", "up[5m]", "up offset 5m", "sum(up)", "1", "up{", "up up"}) {
    EXPECT_FALSE(ParseMetricSelector(text).ok()) << text;
  }
  EXPECT_EQ(MessageOf(ParseMetricSelector("up + up").status()),
            "1:4: parse error: unexpected <op:+>");
}

TEST(ParseMetricTest, TakesLabels) {
  const struct {
    const char* text;
    const char* labels;
  } cases[] = {
      {"up", "{__name__=\"up\"}"},
      {"{}", "{}"},
      {"up{b='2', a=\"1\",}", "{__name__=\"up\", a=\"1\", b=\"2\"}"},
      {"{\"my.metric\", 'a.b'=\"c\"}", "{__name__=\"my.metric\", \"a.b\"=\"c\"}"},
      {"up{__name__=\"down\"}", "{__name__=\"up\"}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto labels = ParseMetric(c.text);
    ASSERT_TRUE(labels.ok()) << labels.status();
    EXPECT_EQ(*labels, *ParseMetric(c.labels));
  }
}

TEST(ParseMetricTest, Errors) {
  const ErrorCase cases[] = {
      {"up{a}", "1:5: parse error: unexpected \"}\" in label set, expected \"=\""},
      {"up{a=b}", "1:6: parse error: unexpected identifier \"b\" in label set, expected string"},
      {"up{5}", "1:4: parse error: unexpected character inside braces: '5'"},
      {"up{,}", "1:4: parse error: unexpected \",\" in label set, expected identifier or \"}\""},
      {"up{a=\"b\" c=\"d\"}",
       "1:10: parse error: unexpected identifier \"c\" in label set, expected \",\" or \"}\""},
      {"up 5", "1:4: parse error: unexpected number \"5\""},
  };
  for (const ErrorCase& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(MessageOf(ParseMetric(c.text).status()), c.error);
  }
}

TEST(ParseDurationMsTest, SecondsOrUnits) {
  const struct {
    const char* text;
    int64_t ms;
  } cases[] = {{"15", 15'000},       {"1.5", 1'500}, {"1e2", 100'000}, {"5m", 300'000},
               {"1h30m", 5'400'000}, {"-3", -3'000}, {"0", 0},         {"0.0004", 0}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto ms = ParseDurationMs(c.text);
    ASSERT_TRUE(ms.ok()) << ms.status();
    EXPECT_EQ(*ms, c.ms);
  }
  EXPECT_EQ(MessageOf(ParseDurationMs("5parsecs").status()),
            "cannot parse \"5parsecs\" to a valid duration");
  EXPECT_EQ(MessageOf(ParseDurationMs("").status()), "cannot parse \"\" to a valid duration");
  EXPECT_EQ(MessageOf(ParseDurationMs("1e11").status()),
            "cannot parse \"1e11\" to a valid duration. It overflows int64");
  EXPECT_LT(*ParseDurationMs("NaN"), 0) << "no step can be made of it";
}

}  // namespace
}  // namespace tidemark::promql
