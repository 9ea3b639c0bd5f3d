#include "promql/plan/invariance.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "promql/parser/functions.h"

namespace tidemark::promql {
namespace {

// Functions of the evaluation time.
bool DependsOnTime(std::string_view function) {
  constexpr std::array<std::string_view, 11> kFunctions = {
      "day_of_month", "day_of_week", "day_of_year", "days_in_month",  "hour", "minute",
      "month",        "time",        "timestamp",   "predict_linear", "year"};
  return std::find(kFunctions.begin(), kFunctions.end(), function) != kFunctions.end();
}

// Functions of the query's times, the same at all steps.
bool IsQueryConstant(std::string_view function) {
  return function == "start" || function == "end" || function == "range" || function == "step";
}

bool IsInvariantCall(const Call& call) {
  if (IsQueryConstant(call.function->name)) return true;
  const bool args_invariant = std::all_of(call.args.begin(), call.args.end(),
                                          [](const ExprPtr& arg) { return IsStepInvariant(*arg); });
  if (!args_invariant) return false;
  if (!DependsOnTime(call.function->name)) return true;
  // timestamp() of a selector says when the sample was taken.
  return call.function->name == "timestamp" &&
         As<VectorSelector>(Unwrap(call.args[0].get())) != nullptr;
}

}  // namespace

bool IsStepInvariant(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kNumber:
    case ExprKind::kString:
      return true;
    case ExprKind::kParen:
      return IsStepInvariant(*As<ParenExpr>(&expr)->expr);
    case ExprKind::kUnary:
      return IsStepInvariant(*As<UnaryExpr>(&expr)->expr);
    case ExprKind::kBinary:
      return IsStepInvariant(*As<BinaryExpr>(&expr)->lhs) &&
             IsStepInvariant(*As<BinaryExpr>(&expr)->rhs);
    case ExprKind::kAggregate:
      return IsStepInvariant(*As<AggregateExpr>(&expr)->expr);
    case ExprKind::kCall:
      return IsInvariantCall(*As<Call>(&expr));
    case ExprKind::kVectorSelector:
      return As<VectorSelector>(&expr)->shift.at.has_value();
    case ExprKind::kMatrixSelector:
      return As<MatrixSelector>(&expr)->selector->shift.at.has_value();
    case ExprKind::kSubquery:
      return As<SubqueryExpr>(&expr)->shift.at.has_value();
    case ExprKind::kDuration:
      return true;
  }
  return false;
}

}  // namespace tidemark::promql
