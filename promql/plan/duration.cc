#include "promql/plan/duration.h"

#include <fmt/format.h>

#include <cmath>

#include "promql/eval/go_math.h"

namespace tidemark::promql {
namespace {

// What nanoseconds in 64 bits can hold.
constexpr double kMaxSeconds = 9223372036.854775807;

Status DurationError(const Expr& expr, std::string_view what) {
  return InvalidArgument(fmt::format("{}:{}: {}", expr.pos.start, expr.pos.end, what));
}

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

StatusOr<double> Evaluate(const Expr& expr, const QueryTimes& times);

StatusOr<double> EvaluateOrZero(const Expr* expr, const QueryTimes& times) {
  if (expr == nullptr) return 0.0;
  return Evaluate(*expr, times);
}

StatusOr<double> Combine(const DurationExpr& expr, double lhs, double rhs) {
  switch (expr.op) {
    case DurationExpr::Op::kAdd:
      return lhs + rhs;
    case DurationExpr::Op::kSub:
      return lhs - rhs;
    case DurationExpr::Op::kMul:
      return lhs * rhs;
    case DurationExpr::Op::kDiv:
      if (rhs == 0) return DurationError(expr, "division by zero");
      return lhs / rhs;
    case DurationExpr::Op::kMod:
      if (rhs == 0) return DurationError(expr, "modulo by zero");
      return std::fmod(lhs, rhs);
    case DurationExpr::Op::kPow:
      return std::pow(lhs, rhs);
    case DurationExpr::Op::kMin:
      return GoMin(lhs, rhs);
    case DurationExpr::Op::kMax:
      return GoMax(lhs, rhs);
    case DurationExpr::Op::kStep:
    case DurationExpr::Op::kRange:
      break;  // no operands: Evaluate answers them
  }
  return Internal("not an operator of durations");
}

StatusOr<double> Evaluate(const Expr& expr, const QueryTimes& times) {
  if (const auto* number = As<NumberLiteral>(&expr)) return number->value;
  if (const auto* paren = As<ParenExpr>(&expr)) return Evaluate(*paren->expr, times);
  const auto* duration = As<DurationExpr>(&expr);
  if (duration == nullptr) return DurationError(expr, "unexpected duration expression");
  if (duration->op == DurationExpr::Op::kStep) return Seconds(times.step_ms);
  if (duration->op == DurationExpr::Op::kRange) return Seconds(times.end - times.start);
  ASSIGN_OR_RETURN(const double lhs, EvaluateOrZero(duration->lhs.get(), times));
  ASSIGN_OR_RETURN(const double rhs, EvaluateOrZero(duration->rhs.get(), times));
  return Combine(*duration, lhs, rhs);
}

StatusOr<int64_t> Resolve(const DurationExpr& expr, const QueryTimes& times, bool may_be_negative) {
  ASSIGN_OR_RETURN(const double seconds, Evaluate(expr, times));
  if (!std::isfinite(seconds)) return DurationError(expr, "duration is NaN or infinite");
  if (seconds <= 0 && !may_be_negative) {
    return DurationError(expr, "duration must be greater than 0");
  }
  if (std::abs(seconds) > kMaxSeconds) return DurationError(expr, "duration is out of range");
  return static_cast<int64_t>(seconds * 1000);
}

}  // namespace

StatusOr<int64_t> ResolvePositiveDuration(const DurationExpr* expr, int64_t literal_ms,
                                          const QueryTimes& times) {
  if (expr == nullptr) return literal_ms;
  return Resolve(*expr, times, false);
}

StatusOr<ResolvedShift> ResolveShift(const TimeShift& shift, const QueryTimes& times) {
  ResolvedShift resolved{shift.offset_ms, std::nullopt};
  if (shift.offset_expr != nullptr) {
    ASSIGN_OR_RETURN(resolved.offset_ms, Resolve(*shift.offset_expr, times, true));
  }
  if (shift.at) {
    switch (shift.at->kind) {
      case AtModifier::Kind::kTime:
        resolved.at = shift.at->t;
        break;
      case AtModifier::Kind::kStart:
        resolved.at = times.start;
        break;
      case AtModifier::Kind::kEnd:
        resolved.at = times.end;
        break;
    }
  }
  return resolved;
}

}  // namespace tidemark::promql
