// The Parser's ranges, subqueries and the modifiers of selectors: what follows an
// expression.
#include <fmt/format.h>

#include <cmath>

#include "promql/parser/duration.h"
#include "promql/parser/parser.h"

namespace tidemark::promql {
namespace {

constexpr std::string_view kDurationKinds = "number, duration, step(), or range()";

bool HasOffset(const TimeShift& shift) { return shift.offset_ms != 0 || shift.offset_expr; }

// Puts a duration where it belongs: a number in `ms`, anything else in `expr`.
void SetDuration(ExprPtr duration, int64_t& ms, std::unique_ptr<DurationExpr>& expr) {
  if (duration->kind == ExprKind::kNumber) {
    ms = DurationMsOf(static_cast<const NumberLiteral&>(*duration).value);
  } else {
    expr.reset(static_cast<DurationExpr*>(duration.release()));
  }
}

// Seconds as milliseconds; beyond int64 what the conversion gives on x86.
int64_t TimeMsOf(double seconds) {
  const double ms = std::round(seconds * 1e3);
  constexpr double kLimit = 9223372036854775808.0;
  return ms >= -kLimit && ms < kLimit ? static_cast<int64_t>(ms) : INT64_MIN;
}

}  // namespace

bool Parser::PeekIsPostfix() {
  switch (Peek().type) {
    case TokenType::kLeftBracket:
    case TokenType::kOffset:
    case TokenType::kAt:
    case TokenType::kAnchored:
    case TokenType::kSmoothed:
      return true;
    default:
      return false;
  }
}

StatusOr<ExprPtr> Parser::ParsePostfix(ExprPtr expr) {
  switch (Peek().type) {
    case TokenType::kLeftBracket:
      return ParseBracket(std::move(expr));
    case TokenType::kOffset:
      RETURN_IF_ERROR(ParseOffset(*expr));
      return expr;
    case TokenType::kAt:
      RETURN_IF_ERROR(ParseAt(*expr));
      return expr;
    default:
      RETURN_IF_ERROR(SetExtended(*expr, Take()));
      return expr;
  }
}

StatusOr<ExprPtr> Parser::ParseBracket(ExprPtr expr) {
  const Token open = Take();
  ExprPtr range;
  {
    const Within within(*this, "subquery or range selector", kDurationKinds);
    ASSIGN_OR_RETURN(range, ParsePositiveDuration());
  }
  if (PeekIs(TokenType::kRightBracket)) {
    Take();
    return NewMatrixSelector(std::move(expr), open.pos, std::move(range));
  }
  if (!PeekIs(TokenType::kColon)) return Unexpected("subquery or range", "\":\" or \"]\"");
  Take();
  return ParseSubqueryStep(std::move(expr), std::move(range));
}

StatusOr<ExprPtr> Parser::ParseSubqueryStep(ExprPtr expr, ExprPtr range) {
  ExprPtr step;
  if (!PeekIs(TokenType::kRightBracket)) {
    const Within within(*this, "subquery selector", "number, duration, step(), range(), or \"]\"");
    ASSIGN_OR_RETURN(step, ParsePositiveDuration());
  }
  if (!PeekIs(TokenType::kRightBracket)) return Unexpected("subquery selector", "\"]\"");
  Take();
  return NewSubquery(std::move(expr), std::move(range), std::move(step));
}

StatusOr<ExprPtr> Parser::NewMatrixSelector(ExprPtr expr, int32_t bracket, ExprPtr range) {
  if (expr->kind != ExprKind::kVectorSelector) {
    return Fail(bracket, "ranges only allowed for vector selectors");
  }
  auto matrix = std::make_unique<MatrixSelector>();
  matrix->selector.reset(static_cast<VectorSelector*>(expr.release()));
  const TimeShift& shift = matrix->selector->shift;
  if (HasOffset(shift)) return Fail(bracket, "no offset modifiers allowed before range");
  if (shift.at) return Fail(bracket, "no @ modifiers allowed before range");
  matrix->pos = {matrix->selector->pos.start, last_closing_};
  RETURN_IF_ERROR(Grow(*matrix, {matrix->selector.get(), range.get()}));
  SetDuration(std::move(range), matrix->range_ms, matrix->range_expr);
  return matrix;
}

StatusOr<ExprPtr> Parser::NewSubquery(ExprPtr expr, ExprPtr range, ExprPtr step) {
  auto subquery = std::make_unique<SubqueryExpr>();
  subquery->pos = {expr->pos.start, last_closing_};
  RETURN_IF_ERROR(Grow(*subquery, {expr.get(), range.get()}));
  subquery->expr = std::move(expr);
  SetDuration(std::move(range), subquery->range_ms, subquery->range_expr);
  if (step == nullptr) return subquery;
  RETURN_IF_ERROR(Grow(*subquery, {step.get()}));
  SetDuration(std::move(step), subquery->step_ms, subquery->step_expr);
  return subquery;
}

StatusOr<TimeShift*> Parser::ShiftOf(Expr& expr, std::string_view message) {
  switch (expr.kind) {
    case ExprKind::kVectorSelector:
      return &static_cast<VectorSelector&>(expr).shift;
    case ExprKind::kMatrixSelector:
      return &static_cast<MatrixSelector&>(expr).selector->shift;
    case ExprKind::kSubquery:
      return &static_cast<SubqueryExpr&>(expr).shift;
    default:
      return Fail(expr.pos.start, message);
  }
}

Status Parser::ParseOffset(Expr& expr) {
  const Within within(*this, "offset", kDurationKinds);
  Take();
  ASSIGN_OR_RETURN(ExprPtr offset, ParseOffsetDuration());
  ASSIGN_OR_RETURN(TimeShift* const shift,
                   ShiftOf(expr,
                           "offset modifier must be preceded by an instant vector selector or "
                           "range vector selector or a subquery"));
  if (HasOffset(*shift)) return Fail(expr.pos.start, "offset may not be set multiple times");
  RETURN_IF_ERROR(Grow(expr, {offset.get()}));
  SetDuration(std::move(offset), shift->offset_ms, shift->offset_expr);
  expr.pos.end = last_closing_;
  return OkStatus();
}

Status Parser::ParseAt(Expr& expr) {
  const Within within(*this, "@", "timestamp");
  Take();
  switch (Peek().type) {
    case TokenType::kStart:
    case TokenType::kEnd:
      return ParseAtPreprocessor(expr);
    case TokenType::kAdd:
      Take();
      return ParseAtTime(expr, 1);
    case TokenType::kSub:
      Take();
      return ParseAtTime(expr, -1);
    default:
      return ParseAtTime(expr, 1);
  }
}

Status Parser::ParseAtTime(Expr& expr, double sign) {
  if (!PeekIs(TokenType::kNumber) && !PeekIs(TokenType::kDuration)) return Unexpected();
  ASSIGN_OR_RETURN(const double number, NumberOf(Take()));
  const double seconds = sign * number;
  constexpr double kLimit = 9223372036854775808.0;
  if (!(seconds > -kLimit && seconds < kLimit)) {
    const std::string shown = std::isfinite(seconds) ? fmt::format("{:f}", seconds)
                              : std::isnan(seconds)  ? "NaN"
                                                     : (seconds > 0 ? "+Inf" : "-Inf");
    return Fail(expr.pos.start, "timestamp out of bounds for @ modifier: " + shown);
  }
  return SetAt(expr, {AtModifier::Kind::kTime, TimeMsOf(seconds)});
}

Status Parser::ParseAtPreprocessor(Expr& expr) {
  const bool start = Take().type == TokenType::kStart;
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen).status());
  RETURN_IF_ERROR(Expect(TokenType::kRightParen).status());
  return SetAt(expr, {start ? AtModifier::Kind::kStart : AtModifier::Kind::kEnd, 0});
}

Status Parser::SetAt(Expr& expr, AtModifier at) {
  ASSIGN_OR_RETURN(TimeShift* const shift,
                   ShiftOf(expr,
                           "@ modifier must be preceded by an instant vector selector or range "
                           "vector selector or a subquery"));
  if (shift->at) return Fail(expr.pos.start, "@ <timestamp> may not be set multiple times");
  shift->at = at;
  expr.pos.end = last_closing_;
  return OkStatus();
}

Status Parser::SetExtended(Expr& expr, const Token& keyword) {
  const bool anchored = keyword.type == TokenType::kAnchored;
  const std::string_view name = anchored ? "anchored" : "smoothed";
  const auto fail = [&](std::string_view problem) {
    return Fail(expr.pos.start, fmt::format("{} modifier {}", name, problem));
  };
  if (!options_.extended_range_selectors) return fail("is experimental and not enabled");
  if (expr.kind == ExprKind::kSubquery) return fail("is not supported for subqueries");
  VectorSelector* selector = nullptr;
  if (expr.kind == ExprKind::kVectorSelector) selector = static_cast<VectorSelector*>(&expr);
  if (expr.kind == ExprKind::kMatrixSelector) {
    selector = static_cast<MatrixSelector&>(expr).selector.get();
  }
  if (selector == nullptr) return fail("not implemented");
  (anchored ? selector->anchored : selector->smoothed) = true;
  if (selector->anchored && selector->smoothed) {
    return Fail(expr.pos.start, "anchored and smoothed modifiers cannot be used together");
  }
  return OkStatus();
}

}  // namespace tidemark::promql
