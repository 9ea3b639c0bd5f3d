// The Parser's operators, literals and parentheses.
#include <fmt/format.h>

#include "promql/parser/duration.h"
#include "promql/parser/number_literal.h"
#include "promql/parser/parser.h"
#include "promql/parser/string_literal.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {

StatusOr<ExprPtr> Parser::ParseWholeExpr() {
  if (PeekIs(TokenType::kEof)) return Fail(0, "no expression found in input");
  ASSIGN_OR_RETURN(ExprPtr expr, ParseExpr(kAnyPrecedence));
  RETURN_IF_ERROR(ExpectEnd());
  return expr;
}

// Precedence climbing: takes the operators that bind at least so strongly.
StatusOr<ExprPtr> Parser::ParseExpr(int min_precedence) {
  const Nested nested(*this);
  RETURN_IF_ERROR(nested.Check());
  ASSIGN_OR_RETURN(ExprPtr lhs, ParseOperand());
  while (true) {
    const int precedence = PrecedenceOf(Peek().type);
    if (precedence < min_precedence) return lhs;
    const Token op = Take();
    const bool right_associative = op.type == TokenType::kPow;
    ASSIGN_OR_RETURN(Modifiers modifiers, ParseModifiers());
    ASSIGN_OR_RETURN(ExprPtr rhs, ParseExpr(right_associative ? precedence : precedence + 1));
    ASSIGN_OR_RETURN(
        lhs, NewBinary(std::move(lhs), *BinaryOpOf(op.type), std::move(modifiers), std::move(rhs)));
  }
}

StatusOr<ExprPtr> Parser::ParseOperand() {
  if (PeekIs(TokenType::kAdd) || PeekIs(TokenType::kSub)) return ParseUnary();
  ASSIGN_OR_RETURN(ExprPtr expr, ParsePrimary());
  while (PeekIsPostfix()) {
    ASSIGN_OR_RETURN(expr, ParsePostfix(std::move(expr)));
  }
  return expr;
}

StatusOr<ExprPtr> Parser::ParsePrimary() {
  switch (Peek().type) {
    case TokenType::kNumber:
    case TokenType::kDuration:
      return ParseNumberLiteral();
    case TokenType::kString:
      return ParseString();
    case TokenType::kLeftParen:
      return ParseParen();
    case TokenType::kLeftBrace:
      return ParseSelector();
    default:
      break;
  }
  if (IsMetricName(Peek().type)) return ParseWordExpr();
  return Unexpected();
}

// A word is an aggregation, a function or a metric: the next token decides.
StatusOr<ExprPtr> Parser::ParseWordExpr() {
  const Token word = Take();
  const bool paren = PeekIs(TokenType::kLeftParen);
  if (IsAggregator(word.type) && (paren || PeekIs(TokenType::kBy) || PeekIs(TokenType::kWithout))) {
    return ParseAggregate(word);
  }
  if (paren && (word.type == TokenType::kIdentifier || IsFunctionLike(word.type))) {
    return ParseCall(word);
  }
  return ParseSelectorAfterName(word);
}

StatusOr<ExprPtr> Parser::ParseParen() {
  auto paren = std::make_unique<ParenExpr>();
  const Token open = Take();
  ASSIGN_OR_RETURN(paren->expr, ParseExpr(kAnyPrecedence));
  ASSIGN_OR_RETURN(const Token close, Expect(TokenType::kRightParen));
  paren->pos = {open.pos, close.end()};
  RETURN_IF_ERROR(Grow(*paren, {paren->expr.get()}));
  return paren;
}

// The sign of a number becomes part of it.
StatusOr<ExprPtr> Parser::ParseUnary() {
  const Token sign = Take();
  ASSIGN_OR_RETURN(ExprPtr operand, ParseExpr(kUnaryPrecedence + 1));
  if (operand->kind == ExprKind::kNumber) {
    auto& number = static_cast<NumberLiteral&>(*operand);
    if (sign.type == TokenType::kSub) number.value = -number.value;
    number.pos.start = sign.pos;
    return operand;
  }
  auto unary = std::make_unique<UnaryExpr>();
  unary->op = *BinaryOpOf(sign.type);
  unary->pos = {sign.pos, operand->pos.end};
  unary->expr = std::move(operand);
  RETURN_IF_ERROR(Grow(*unary, {unary->expr.get()}));
  return unary;
}

StatusOr<ExprPtr> Parser::ParseString() {
  const Token token = Take();
  auto literal = std::make_unique<StringLiteral>();
  ASSIGN_OR_RETURN(literal->value, UnquoteToken(token));
  literal->pos = token.range();
  return literal;
}

StatusOr<ExprPtr> Parser::NewBinary(ExprPtr lhs, BinaryOp op, Modifiers modifiers, ExprPtr rhs) {
  auto binary = std::make_unique<BinaryExpr>();
  binary->pos = {lhs->pos.start, rhs->pos.end};
  binary->op = op;
  binary->return_bool = modifiers.return_bool;
  binary->matching = std::move(modifiers.matching);
  binary->lhs = std::move(lhs);
  binary->rhs = std::move(rhs);
  const bool fills = binary->matching->fill_left || binary->matching->fill_right;
  if (fills && !options_.binary_fill_modifiers) {
    return Fail(binary->pos.start, "binop fill modifiers are experimental and not enabled");
  }
  RETURN_IF_ERROR(Grow(*binary, {binary->lhs.get(), binary->rhs.get()}));
  return binary;
}

StatusOr<std::unique_ptr<NumberLiteral>> Parser::ParseNumberLiteral() {
  const Token token = Take();
  auto literal = std::make_unique<NumberLiteral>();
  ASSIGN_OR_RETURN(literal->value, NumberOf(token));
  literal->is_duration = token.type == TokenType::kDuration;
  literal->pos = token.range();
  return literal;
}

StatusOr<double> Parser::NumberOf(const Token& token) {
  if (token.type == TokenType::kDuration) {
    const StatusOr<int64_t> ms = ParseDuration(token.text);
    if (!ms.ok()) return Fail(token.pos, MessageOf(ms.status()));
    return static_cast<double>(*ms / 1000) + static_cast<double>(*ms % 1000) / 1e3;
  }
  StatusOr<double> number = ParseNumber(token.text);
  if (number.ok()) return number;
  return Fail(token.pos, fmt::format("error parsing number: {}", MessageOf(number.status())));
}

StatusOr<std::string> Parser::UnquoteToken(const Token& token) {
  StatusOr<std::string> text = Unquote(token.text);
  if (text.ok()) return text;
  return Fail(last_read_, fmt::format("error unquoting string {}: {}", Quoted(token.text),
                                      MessageOf(text.status())));
}

}  // namespace tidemark::promql
