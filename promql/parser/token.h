// Token: the smallest piece of a PromQL expression.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "promql/parser/ast.h"

namespace tidemark::promql {

// The order matters: IsOperator and its like are ranges of it.
enum class TokenType : uint8_t {
  kError,
  kEof,
  kComment,
  kDuration,  // 1h30m
  kNumber,
  kString,  // with its quotes
  kIdentifier,
  kMetricIdentifier,  // with a colon in it

  kEqual,  // =
  kColon,
  kComma,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kLeftParen,
  kRightParen,

  // Operators; first those of BinaryOp, in its order.
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqualEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAnd,
  kOr,
  kUnless,
  kTrimUpper,
  kTrimLower,
  kRegexMatch,  // =~
  kRegexNotMatch,
  kAt,

  // Aggregations, in the order of AggregateOp.
  kSum,
  kAvg,
  kCount,
  kMin,
  kMax,
  kGroup,
  kStddev,
  kStdvar,
  kTopk,
  kBottomk,
  kCountValues,
  kQuantile,
  kLimitk,
  kLimitRatio,

  // Keywords.
  kBool,
  kBy,
  kWithout,
  kOn,
  kIgnoring,
  kGroupLeft,
  kGroupRight,
  kFill,
  kFillLeft,
  kFillRight,
  kOffset,
  kAnchored,
  kSmoothed,

  // Names with a meaning of their own before a parenthesis.
  kStart,
  kEnd,
  kStep,
  kRange,
  kMaxOf,
  kMinOf,
};

struct Token {
  TokenType type = TokenType::kEof;
  int32_t pos = 0;        // byte offset into the text
  std::string_view text;  // as written; the message, when type is kError

  int32_t end() const { return pos + static_cast<int32_t>(text.size()); }
  PositionRange range() const { return {pos, end()}; }
};

constexpr bool IsBetween(TokenType type, TokenType first, TokenType last) {
  return type >= first && type <= last;
}
constexpr bool IsOperator(TokenType type) {
  return IsBetween(type, TokenType::kAdd, TokenType::kAt);
}
constexpr bool IsAggregator(TokenType type) {
  return IsBetween(type, TokenType::kSum, TokenType::kLimitRatio);
}
constexpr bool IsKeyword(TokenType type) {
  return IsBetween(type, TokenType::kBool, TokenType::kSmoothed);
}
constexpr bool IsFunctionLike(TokenType type) {
  return IsBetween(type, TokenType::kStart, TokenType::kMinOf);
}
// step(), range(), max_of(…), min_of(…), which are durations too.
constexpr bool IsDurationCall(TokenType type) {
  return IsBetween(type, TokenType::kStep, TokenType::kMinOf);
}

// What the word means, in any case of letters: a keyword, a named operator, an
// aggregation, or kNumber for Inf and NaN; nothing when it is just a name.
std::optional<TokenType> FindKeyword(std::string_view word);

// The operators between two expressions; nothing for other tokens.
std::optional<BinaryOp> BinaryOpOf(TokenType type);

// For IsAggregator(type) only.
AggregateOp AggregateOpOf(TokenType type);

// The token as error messages name it: `identifier "x"`, `<op:+>`, `"("`,
// `end of input` …
std::string Describe(const Token& token);

}  // namespace tidemark::promql
