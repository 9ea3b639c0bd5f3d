// The Parser's durations: of ranges, steps and offsets, and arithmetic on them.
#include "promql/parser/duration.h"
#include "promql/parser/parser.h"

namespace tidemark::promql {
namespace {

using Op = DurationExpr::Op;

// For +, -, *, /, % and ^.
Op DurationOpOf(TokenType type) {
  switch (type) {
    case TokenType::kSub:
      return Op::kSub;
    case TokenType::kMul:
      return Op::kMul;
    case TokenType::kDiv:
      return Op::kDiv;
    case TokenType::kMod:
      return Op::kMod;
    case TokenType::kPow:
      return Op::kPow;
    default:
      return Op::kAdd;
  }
}

bool IsDurationOperator(TokenType type) {
  return IsBetween(type, TokenType::kAdd, TokenType::kPow);
}

bool IsNumber(const Expr& expr) { return expr.kind == ExprKind::kNumber; }
double& ValueOf(Expr& number) { return static_cast<NumberLiteral&>(number).value; }

}  // namespace

StatusOr<ExprPtr> Parser::ParsePositiveDuration() {
  ASSIGN_OR_RETURN(ExprPtr duration, ParseDurationExpr(kAnyPrecedence));
  if (IsNumber(*duration) && ValueOf(*duration) <= 0) {
    return Fail(duration->pos.start, "duration must be greater than 0");
  }
  return duration;
}

StatusOr<ExprPtr> Parser::ParseDurationExpr(int min_precedence) {
  const Nested nested(*this);
  RETURN_IF_ERROR(nested.Check());
  ASSIGN_OR_RETURN(ExprPtr lhs, ParseDurationOperand());
  return ParseDurationRest(std::move(lhs), min_precedence);
}

StatusOr<ExprPtr> Parser::ParseDurationRest(ExprPtr lhs, int min_precedence) {
  while (IsDurationOperator(Peek().type)) {
    const int precedence = PrecedenceOf(Peek().type);
    if (precedence < min_precedence) break;
    const Token op = Take();
    const bool right_associative = op.type == TokenType::kPow;
    ASSIGN_OR_RETURN(ExprPtr rhs,
                     ParseDurationExpr(right_associative ? precedence : precedence + 1));
    ASSIGN_OR_RETURN(lhs, NewDurationBinary(std::move(lhs), op, std::move(rhs)));
  }
  return lhs;
}

StatusOr<ExprPtr> Parser::ParseDurationOperand() {
  switch (Peek().type) {
    case TokenType::kNumber:
    case TokenType::kDuration:
      return ParseDurationLiteral();
    case TokenType::kStep:
    case TokenType::kRange:
    case TokenType::kMinOf:
    case TokenType::kMaxOf:
      return ParseDurationCall(nullptr);
    case TokenType::kLeftParen:
      return ParseDurationParen();
    case TokenType::kAdd:
    case TokenType::kSub:
      break;
    default:
      return Unexpected();
  }
  const Token op = Take();
  ASSIGN_OR_RETURN(ExprPtr operand, ParseDurationExpr(kUnaryPrecedence + 1));
  if (IsNumber(*operand)) return Negate(op, std::move(operand));
  return NewDurationUnary(op, std::move(operand));
}

StatusOr<ExprPtr> Parser::ParseDurationParen() {
  const Token open = Take();
  ASSIGN_OR_RETURN(ExprPtr inner, ParseDurationExpr(kAnyPrecedence));
  ASSIGN_OR_RETURN(const Token close, Expect(TokenType::kRightParen));
  RETURN_IF_ERROR(CheckDurationExprEnabled(inner->pos));
  return Wrap(std::move(inner), {open.pos, close.end()});
}

StatusOr<ExprPtr> Parser::ParseDurationLiteral() {
  ASSIGN_OR_RETURN(ExprPtr literal, ParseNumberLiteral());
  if (!IsDurationOutOfRange(ValueOf(*literal))) return literal;
  return Fail(literal->pos.start, "duration out of range");
}

StatusOr<ExprPtr> Parser::ParseDurationCall(const Token* sign) {
  const bool nullary = PeekIs(TokenType::kStep) || PeekIs(TokenType::kRange);
  ASSIGN_OR_RETURN(ExprPtr call, nullary ? ParseStepOrRange() : ParseMinOrMax());
  RETURN_IF_ERROR(CheckDurationExprEnabled(sign != nullptr ? sign->range() : call->pos));
  return call;
}

StatusOr<ExprPtr> Parser::ParseStepOrRange() {
  auto duration = std::make_unique<DurationExpr>();
  const Token word = Take();
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen).status());
  ASSIGN_OR_RETURN(const Token close, Expect(TokenType::kRightParen));
  duration->op = word.type == TokenType::kStep ? Op::kStep : Op::kRange;
  duration->pos = {word.pos, close.end()};
  return duration;
}

StatusOr<ExprPtr> Parser::ParseMinOrMax() {
  auto duration = std::make_unique<DurationExpr>();
  const Token word = Take();
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen).status());
  ASSIGN_OR_RETURN(duration->lhs, ParseDurationExpr(kAnyPrecedence));
  RETURN_IF_ERROR(Expect(TokenType::kComma).status());
  ASSIGN_OR_RETURN(duration->rhs, ParseDurationExpr(kAnyPrecedence));
  RETURN_IF_ERROR(Expect(TokenType::kRightParen).status());
  duration->op = word.type == TokenType::kMinOf ? Op::kMin : Op::kMax;
  duration->pos = {duration->lhs->pos.start, duration->rhs->pos.end};
  RETURN_IF_ERROR(Grow(*duration, {duration->lhs.get(), duration->rhs.get()}));
  return duration;
}

// A number, a call or something in parentheses, with a sign or without, is all of
// the offset: an operator after it works on what the offset belongs to.  After
// other expressions it belongs to the offset.
StatusOr<ExprPtr> Parser::ParseOffsetDuration() {
  switch (Peek().type) {
    case TokenType::kNumber:
    case TokenType::kDuration:
    case TokenType::kStep:
    case TokenType::kRange:
    case TokenType::kMinOf:
    case TokenType::kMaxOf:
      return ParseDurationOperand();
    case TokenType::kAdd:
    case TokenType::kSub:
      return ParseSignedOffset();
    default:
      return ParseDurationExpr(kAnyPrecedence);
  }
}

StatusOr<ExprPtr> Parser::ParseSignedOffset() {
  const Token op = Take();
  switch (Peek().type) {
    case TokenType::kNumber:
    case TokenType::kDuration: {
      ASSIGN_OR_RETURN(ExprPtr literal, ParseNumberLiteral());
      return Negate(op, std::move(literal));
    }
    case TokenType::kLeftParen: {
      Take();
      ASSIGN_OR_RETURN(ExprPtr inner, ParseDurationExpr(kAnyPrecedence));
      RETURN_IF_ERROR(Expect(TokenType::kRightParen).status());
      const PositionRange range = inner->pos;
      ASSIGN_OR_RETURN(inner, Wrap(std::move(inner), range));
      return NewDurationUnary(op, std::move(inner));
    }
    default:
      break;
  }
  if (IsDurationCall(Peek().type)) {
    ASSIGN_OR_RETURN(ExprPtr call, ParseDurationCall(&op));
    return NewDurationUnary(op, std::move(call));
  }
  ASSIGN_OR_RETURN(ExprPtr operand, ParseDurationExpr(kUnaryPrecedence + 1));
  const bool number = IsNumber(*operand);
  ASSIGN_OR_RETURN(
      operand, number ? Negate(op, std::move(operand)) : NewDurationUnary(op, std::move(operand)));
  return ParseDurationRest(std::move(operand), kAnyPrecedence);
}

StatusOr<ExprPtr> Parser::NewDurationBinary(ExprPtr lhs, const Token& op, ExprPtr rhs) {
  RETURN_IF_ERROR(CheckDurationExprEnabled(lhs->pos));
  auto duration = std::make_unique<DurationExpr>();
  duration->op = DurationOpOf(op.type);
  duration->pos = {lhs->pos.start, rhs->pos.end};
  if (IsNumber(*rhs) && ValueOf(*rhs) == 0) {
    if (duration->op == Op::kDiv) return Fail(op.pos, "division by zero");
    if (duration->op == Op::kMod) return Fail(op.pos, "modulo by zero");
  }
  RETURN_IF_ERROR(Grow(*duration, {lhs.get(), rhs.get()}));
  duration->lhs = std::move(lhs);
  duration->rhs = std::move(rhs);
  return duration;
}

// A plus changes nothing and is left out.
StatusOr<ExprPtr> Parser::NewDurationUnary(const Token& op, ExprPtr operand) {
  if (op.type != TokenType::kSub) return operand;
  auto duration = std::make_unique<DurationExpr>();
  duration->op = Op::kSub;
  duration->pos = {op.pos, operand->pos.end};
  RETURN_IF_ERROR(Grow(*duration, {operand.get()}));
  duration->rhs = std::move(operand);
  return duration;
}

// The sign of a number becomes part of it.
StatusOr<ExprPtr> Parser::Negate(const Token& op, ExprPtr literal) {
  double& value = ValueOf(*literal);
  if (op.type == TokenType::kSub) value = -value;
  if (IsDurationOutOfRange(value)) return Fail(op.pos, "duration out of range");
  literal->pos.start = op.pos;
  return literal;
}

// Remembers the parentheses, so that they are printed.  A number has no place for
// that and gets a unary plus around it.
StatusOr<ExprPtr> Parser::Wrap(ExprPtr expr, PositionRange range) {
  if (expr->kind == ExprKind::kDuration) {
    static_cast<DurationExpr&>(*expr).wrapped = true;
    return expr;
  }
  auto duration = std::make_unique<DurationExpr>();
  duration->op = Op::kAdd;
  duration->wrapped = true;
  duration->pos = {range.start, expr->pos.end};
  RETURN_IF_ERROR(Grow(*duration, {expr.get()}));
  duration->rhs = std::move(expr);
  return duration;
}

Status Parser::CheckDurationExprEnabled(PositionRange range) {
  if (options_.duration_expressions) return OkStatus();
  return Fail(range.start, "experimental duration expression is not enabled");
}

}  // namespace tidemark::promql
