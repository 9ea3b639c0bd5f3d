#include "promql/parser/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "absl/strings/ascii.h"
#include "promql/parser/rune.h"
#include "tsdb/base/check.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

struct Keyword {
  std::string_view word;
  TokenType type;
};

// In order of word.
constexpr Keyword kKeywords[] = {
    {"anchored", TokenType::kAnchored},
    {"and", TokenType::kAnd},
    {"atan2", TokenType::kAtan2},
    {"avg", TokenType::kAvg},
    {"bool", TokenType::kBool},
    {"bottomk", TokenType::kBottomk},
    {"by", TokenType::kBy},
    {"count", TokenType::kCount},
    {"count_values", TokenType::kCountValues},
    {"end", TokenType::kEnd},
    {"fill", TokenType::kFill},
    {"fill_left", TokenType::kFillLeft},
    {"fill_right", TokenType::kFillRight},
    {"group", TokenType::kGroup},
    {"group_left", TokenType::kGroupLeft},
    {"group_right", TokenType::kGroupRight},
    {"ignoring", TokenType::kIgnoring},
    {"inf", TokenType::kNumber},
    {"limit_ratio", TokenType::kLimitRatio},
    {"limitk", TokenType::kLimitk},
    {"max", TokenType::kMax},
    {"max_of", TokenType::kMaxOf},
    {"min", TokenType::kMin},
    {"min_of", TokenType::kMinOf},
    {"nan", TokenType::kNumber},
    {"offset", TokenType::kOffset},
    {"on", TokenType::kOn},
    {"or", TokenType::kOr},
    {"quantile", TokenType::kQuantile},
    {"range", TokenType::kRange},
    {"smoothed", TokenType::kSmoothed},
    {"start", TokenType::kStart},
    {"stddev", TokenType::kStddev},
    {"stdvar", TokenType::kStdvar},
    {"step", TokenType::kStep},
    {"sum", TokenType::kSum},
    {"topk", TokenType::kTopk},
    {"unless", TokenType::kUnless},
    {"without", TokenType::kWithout},
};

constexpr size_t kLongestKeyword = 12;  // count_values
constexpr size_t kMaxShownText = 10;    // of a literal in an error message

// The first `count` runes of `text`.
std::string_view FirstRunes(std::string_view text, size_t count) {
  size_t end = 0;
  for (; count > 0 && end < text.size(); --count) end += DecodeRune(text.substr(end)).width;
  return text.substr(0, end);
}

std::string QuoteShortened(std::string_view text) {
  if (text.size() <= kMaxShownText) return Quoted(text);
  return Quoted(FirstRunes(text, kMaxShownText)) + "...";
}

// The kinds of token whose text alone does not say what they are.
std::string_view KindName(TokenType type) {
  switch (type) {
    case TokenType::kIdentifier:
      return "identifier";
    case TokenType::kMetricIdentifier:
      return "metric identifier";
    case TokenType::kString:
      return "string";
    case TokenType::kNumber:
      return "number";
    case TokenType::kDuration:
      return "duration";
    case TokenType::kComment:
      return "comment";
    default:
      return "";
  }
}

std::string Show(const Token& token) {
  const TokenType type = token.type;
  if (type == TokenType::kIdentifier || type == TokenType::kMetricIdentifier) {
    return Quoted(token.text);
  }
  if (IsKeyword(type)) return fmt::format("<{}>", token.text);
  if (IsOperator(type)) return fmt::format("<op:{}>", token.text);
  if (IsAggregator(type)) return fmt::format("<aggr:{}>", token.text);
  return QuoteShortened(token.text);
}

}  // namespace

std::optional<TokenType> FindKeyword(std::string_view word) {
  if (word.size() > kLongestKeyword) return std::nullopt;
  std::array<char, kLongestKeyword> buffer;
  std::transform(word.begin(), word.end(), buffer.begin(), absl::ascii_tolower);
  const std::string_view lower(buffer.data(), word.size());
  const auto* at =
      std::lower_bound(std::begin(kKeywords), std::end(kKeywords), lower,
                       [](const Keyword& k, std::string_view wanted) { return k.word < wanted; });
  if (at == std::end(kKeywords) || at->word != lower) return std::nullopt;
  return at->type;
}

std::optional<BinaryOp> BinaryOpOf(TokenType type) {
  if (!IsBetween(type, TokenType::kAdd, TokenType::kTrimLower)) return std::nullopt;
  return static_cast<BinaryOp>(static_cast<int>(type) - static_cast<int>(TokenType::kAdd));
}

AggregateOp AggregateOpOf(TokenType type) {
  CHECK(IsAggregator(type), "no token of an aggregation");
  return static_cast<AggregateOp>(static_cast<int>(type) - static_cast<int>(TokenType::kSum));
}

std::string Describe(const Token& token) {
  if (token.type == TokenType::kEof) return "end of input";
  if (token.type == TokenType::kError) return std::string(token.text);
  const std::string_view kind = KindName(token.type);
  return kind.empty() ? Show(token) : fmt::format("{} {}", kind, Show(token));
}

}  // namespace tidemark::promql
