#include "promql/parser/selectors.h"

namespace tidemark::promql {
namespace {

using Found = std::vector<const VectorSelector*>;

void Collect(const Expr* expr, Found& found) {
  if (expr == nullptr) return;
  if (const auto* selector = As<VectorSelector>(expr)) {
    found.push_back(selector);
  } else if (const auto* matrix = As<MatrixSelector>(expr)) {
    found.push_back(matrix->selector.get());
  } else if (const auto* paren = As<ParenExpr>(expr)) {
    Collect(paren->expr.get(), found);
  } else if (const auto* unary = As<UnaryExpr>(expr)) {
    Collect(unary->expr.get(), found);
  } else if (const auto* subquery = As<SubqueryExpr>(expr)) {
    Collect(subquery->expr.get(), found);
  } else if (const auto* binary = As<BinaryExpr>(expr)) {
    Collect(binary->lhs.get(), found);
    Collect(binary->rhs.get(), found);
  } else if (const auto* aggregate = As<AggregateExpr>(expr)) {
    Collect(aggregate->param.get(), found);
    Collect(aggregate->expr.get(), found);
  } else if (const auto* call = As<Call>(expr)) {
    for (const ExprPtr& arg : call->args) Collect(arg.get(), found);
  }
}

}  // namespace

std::vector<const VectorSelector*> SelectorsOf(const Expr& expr) {
  Found found;
  Collect(&expr, found);
  return found;
}

}  // namespace tidemark::promql
