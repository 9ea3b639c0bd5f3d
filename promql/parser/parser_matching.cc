// The Parser's modifiers of binary operators, and lists of label names.
#include <fmt/format.h>

#include "promql/parser/parser.h"
#include "promql/parser/rune.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

// Keywords are label names in a list of them, but for a few.
bool IsLabelName(TokenType type) {
  if (type == TokenType::kWithout) return false;
  return IsMetricName(type) || IsKeyword(type) || type == TokenType::kAtan2;
}

bool IsFill(TokenType type) { return IsBetween(type, TokenType::kFill, TokenType::kFillRight); }

}  // namespace

StatusOr<Parser::Modifiers> Parser::ParseModifiers() {
  Modifiers modifiers;
  if (PeekIs(TokenType::kBool)) {
    Take();
    modifiers.return_bool = true;
  }
  VectorMatching& matching = modifiers.matching;
  if (PeekIs(TokenType::kOn) || PeekIs(TokenType::kIgnoring)) {
    matching.on = Take().type == TokenType::kOn;
    ASSIGN_OR_RETURN(matching.labels, ParseGroupingLabels());
    RETURN_IF_ERROR(ParseGroupModifier(matching));
  }
  RETURN_IF_ERROR(ParseFillModifiers(matching));
  return modifiers;
}

Status Parser::ParseGroupModifier(VectorMatching& matching) {
  const bool left = PeekIs(TokenType::kGroupLeft);
  if (!left && !PeekIs(TokenType::kGroupRight)) return OkStatus();
  Take();
  matching.card = left ? MatchCardinality::kManyToOne : MatchCardinality::kOneToMany;
  // The labels may be left out, so that a parenthesis is always theirs.
  if (!PeekIs(TokenType::kLeftParen) && StartsExpr(Peek().type)) return OkStatus();
  ASSIGN_OR_RETURN(matching.include, ParseGroupingLabels());
  return OkStatus();
}

// fill(0), or fill_left(0) and fill_right(0) in any order, each at most once.
Status Parser::ParseFillModifiers(VectorMatching& matching) {
  if (!IsFill(Peek().type)) return OkStatus();
  const TokenType first = Take().type;
  ASSIGN_OR_RETURN(const double value, ParseFillValue());
  if (first != TokenType::kFillRight) matching.fill_left = value;
  if (first != TokenType::kFillLeft) matching.fill_right = value;
  if (first == TokenType::kFill) return OkStatus();
  const bool left_first = first == TokenType::kFillLeft;
  if (!PeekIs(left_first ? TokenType::kFillRight : TokenType::kFillLeft)) return OkStatus();
  Take();
  ASSIGN_OR_RETURN((left_first ? matching.fill_right : matching.fill_left), ParseFillValue());
  return OkStatus();
}

StatusOr<double> Parser::ParseFillValue() {
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen).status());
  double sign = 1;
  if (PeekIs(TokenType::kAdd) || PeekIs(TokenType::kSub)) {
    sign = Take().type == TokenType::kSub ? -1 : 1;
  }
  if (!PeekIs(TokenType::kNumber) && !PeekIs(TokenType::kDuration)) return Unexpected();
  ASSIGN_OR_RETURN(const double value, NumberOf(Take()));
  RETURN_IF_ERROR(Expect(TokenType::kRightParen).status());
  return sign * value;
}

StatusOr<std::vector<std::string>> Parser::ParseGroupingLabels() {
  if (!PeekIs(TokenType::kLeftParen)) return Unexpected("grouping opts", "\"(\"");
  Take();
  std::vector<std::string> labels;
  while (!PeekIs(TokenType::kRightParen)) {
    ASSIGN_OR_RETURN(labels.emplace_back(), ParseGroupingLabel());
    if (PeekIs(TokenType::kRightParen)) break;
    if (!PeekIs(TokenType::kComma)) return Unexpected("grouping opts", "\",\" or \")\"");
    Take();
  }
  Take();
  return labels;
}

StatusOr<std::string> Parser::ParseGroupingLabel() {
  const bool quoted = PeekIs(TokenType::kString);
  if (!quoted && !IsLabelName(Peek().type)) return Unexpected("grouping opts", "label");
  const Token token = Take();
  std::string name(token.text);
  if (quoted) {
    ASSIGN_OR_RETURN(name, UnquoteToken(token));
  }
  if (!name.empty() && IsValidUtf8(name)) return name;
  return Fail(token.pos, fmt::format("invalid label name for grouping: {}", Quoted(name)));
}

}  // namespace tidemark::promql
