#include "promql/plan/duration.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

constexpr QueryTimes kTimes{.start = 100'000, .end = 400'000, .step_ms = 10'000};
constexpr ParserOptions kOptions{.experimental_functions = false, .duration_expressions = true};

// The offset of `x offset <text>`.
StatusOr<int64_t> OffsetOf(const std::string& text) {
  ASSIGN_OR_RETURN(const ExprPtr expr, ParseExpr("x offset " + text, kOptions));
  const auto* selector = As<VectorSelector>(expr.get());
  ASSIGN_OR_RETURN(const ResolvedShift shift, ResolveShift(selector->shift, kTimes));
  return shift.offset_ms;
}

TEST(DurationTest, Expressions) {
  const struct {
    const char* text;
    int64_t expected_ms;
  } cases[] = {
      {"5m", 300'000},           {"-5m", -300'000},
      {"(1m + 30s)", 90'000},    {"(1m - 90s)", -30'000},
      {"(1m * 2)", 120'000},     {"(1m / 4)", 15'000},
      {"(90s % 1m)", 30'000},    {"(2 ^ 3)", 8'000},
      {"(-(1m))", -60'000},      {"step()", 10'000},
      {"range()", 300'000},      {"(step() * 2 + 1)", 21'000},
      {"min_of(1m, 5s)", 5'000}, {"max_of(step(), 5s)", 10'000},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto offset = OffsetOf(c.text);
    ASSERT_TRUE(offset.ok()) << offset.status();
    EXPECT_EQ(*offset, c.expected_ms);
  }
}

TEST(DurationTest, Refused) {
  const struct {
    const char* range;
    const char* error;
  } cases[] = {
      {"1m - 1m", "2:9: duration must be greater than 0"},
      {"1m / (1s - 1s)", "2:15: division by zero"},
      {"1m % (1s - 1s)", "2:15: modulo by zero"},
      {"10 ^ 400", "2:10: duration is NaN or infinite"},
      {"10 ^ 100", "2:10: duration is out of range"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.range);
    const auto expr = ParseExpr(fmt::format("x[{}]", c.range), kOptions);
    ASSERT_TRUE(expr.ok()) << expr.status();
    const auto* matrix = As<MatrixSelector>(expr->get());
    const auto range = ResolvePositiveDuration(matrix->range_expr.get(), matrix->range_ms, kTimes);
    ASSERT_EQ(range.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(MessageOf(range.status()), c.error);
  }
}

TEST(DurationTest, LiteralsAndAt) {
  EXPECT_EQ(*ResolvePositiveDuration(nullptr, 7, kTimes), 7);
  const struct {
    AtModifier at;
    int64_t expected;
  } cases[] = {
      {{AtModifier::Kind::kTime, 5}, 5},
      {{AtModifier::Kind::kStart, 0}, 100'000},
      {{AtModifier::Kind::kEnd, 0}, 400'000},
  };
  for (const auto& c : cases) {
    TimeShift shift;
    shift.at = c.at;
    EXPECT_EQ(ResolveShift(shift, kTimes)->at, c.expected);
  }
  EXPECT_FALSE(ResolveShift(TimeShift(), kTimes)->at.has_value());
}

}  // namespace
}  // namespace tidemark::promql
