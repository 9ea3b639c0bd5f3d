#include "promql/plan/info_shift.h"

#include <algorithm>
#include <vector>

namespace tidemark::promql {
namespace {

// The shifts of the first selector and of the subqueries around it, from within.
using Shifts = std::vector<const TimeShift*>;

bool FindFirst(const Expr* expr, Shifts& shifts);

bool FindInCall(const Call& call, Shifts& shifts) {
  return std::any_of(call.args.begin(), call.args.end(),
                     [&](const ExprPtr& arg) { return FindFirst(arg.get(), shifts); });
}

bool FindInSubquery(const SubqueryExpr& subquery, Shifts& shifts) {
  if (!FindFirst(subquery.expr.get(), shifts)) return false;
  shifts.push_back(&subquery.shift);
  return true;
}

bool FindFirst(const Expr* expr, Shifts& shifts) {
  if (expr == nullptr) return false;
  if (const auto* selector = As<VectorSelector>(expr)) {
    shifts.push_back(&selector->shift);
    return true;
  }
  if (const auto* matrix = As<MatrixSelector>(expr)) {
    return FindFirst(matrix->selector.get(), shifts);
  }
  if (const auto* paren = As<ParenExpr>(expr)) return FindFirst(paren->expr.get(), shifts);
  if (const auto* unary = As<UnaryExpr>(expr)) return FindFirst(unary->expr.get(), shifts);
  if (const auto* subquery = As<SubqueryExpr>(expr)) return FindInSubquery(*subquery, shifts);
  if (const auto* call = As<Call>(expr)) return FindInCall(*call, shifts);
  if (const auto* binary = As<BinaryExpr>(expr)) {
    return FindFirst(binary->lhs.get(), shifts) || FindFirst(binary->rhs.get(), shifts);
  }
  const auto* aggregate = As<AggregateExpr>(expr);
  return aggregate != nullptr &&
         (FindFirst(aggregate->expr.get(), shifts) || FindFirst(aggregate->param.get(), shifts));
}

}  // namespace

StatusOr<ResolvedShift> InfoShift(const Expr& base, const QueryTimes& times) {
  Shifts shifts;
  FindFirst(&base, shifts);
  ResolvedShift sum;
  for (const TimeShift* shift : shifts) {
    if (sum.at.has_value()) break;
    ASSIGN_OR_RETURN(const ResolvedShift resolved, ResolveShift(*shift, times));
    sum.offset_ms += resolved.offset_ms;
    sum.at = resolved.at;
  }
  return sum;
}

}  // namespace tidemark::promql
