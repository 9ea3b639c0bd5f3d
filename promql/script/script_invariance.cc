#include "promql/script/script_invariance.h"

#include <algorithm>
#include <iterator>

#include "promql/parser/functions.h"
#include "promql/parser/printer.h"

namespace tidemark::promql {
namespace {

// Functions whose result depends on when they are asked, or on the times of their
// argument's samples.
bool DependsOnTime(std::string_view function) {
  constexpr std::string_view kFunctions[] = {
      "day_of_month", "day_of_week", "day_of_year", "days_in_month",  "end",
      "hour",         "minute",      "month",       "predict_linear", "range",
      "start",        "step",        "time",        "timestamp",      "year",
  };
  return std::find(std::begin(kFunctions), std::end(kFunctions), function) != std::end(kFunctions);
}

void Fix(TimeShift& shift, int64_t t) {
  if (shift.at.has_value() && shift.at->kind == AtModifier::Kind::kTime) return;
  shift.at = AtModifier{AtModifier::Kind::kTime, t};
}

// False when nothing can make the expression independent of time.
bool FixAll(Expr* expr, int64_t t) {
  if (expr == nullptr) return true;
  switch (expr->kind) {
    case ExprKind::kParen:
      return FixAll(static_cast<ParenExpr*>(expr)->expr.get(), t);
    case ExprKind::kUnary:
      return FixAll(static_cast<UnaryExpr*>(expr)->expr.get(), t);
    case ExprKind::kBinary: {
      auto* binary = static_cast<BinaryExpr*>(expr);
      return FixAll(binary->lhs.get(), t) && FixAll(binary->rhs.get(), t);
    }
    case ExprKind::kAggregate: {
      auto* aggregate = static_cast<AggregateExpr*>(expr);
      return FixAll(aggregate->expr.get(), t) && FixAll(aggregate->param.get(), t);
    }
    case ExprKind::kCall: {
      auto* call = static_cast<Call*>(expr);
      return !DependsOnTime(call->function->name) &&
             std::all_of(call->args.begin(), call->args.end(),
                         [&](const ExprPtr& arg) { return FixAll(arg.get(), t); });
    }
    case ExprKind::kVectorSelector:
      Fix(static_cast<VectorSelector*>(expr)->shift, t);
      return true;
    case ExprKind::kMatrixSelector:
      Fix(static_cast<MatrixSelector*>(expr)->selector->shift, t);
      return true;
    case ExprKind::kSubquery:
      // What is inside goes by the subquery's time.
      Fix(static_cast<SubqueryExpr*>(expr)->shift, t);
      return true;
    default:
      return true;
  }
}

}  // namespace

StatusOr<std::string> FixedAt(std::string_view expr, int64_t t, const ParserOptions& options) {
  ASSIGN_OR_RETURN(const ExprPtr tree, ParseExpr(expr, options));
  return FixAll(tree.get(), t) ? Print(*tree) : "";
}

}  // namespace tidemark::promql
