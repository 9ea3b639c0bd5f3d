#include "promql/eval/binary.h"

#include <utility>

#include "promql/eval/binary_scalar.h"
#include "promql/eval/binary_set.h"
#include "promql/eval/binary_vector.h"

namespace tidemark::promql {

StatusOr<std::unique_ptr<VectorOperator>> MakeVectorBinaryOperator(EvalContext& context,
                                                                   Steps steps,
                                                                   const BinaryExpr& expr,
                                                                   Operand lhs, Operand rhs) {
  if (rhs.vector == nullptr) {
    return MakeVectorScalar(context, steps, expr, std::move(lhs.vector), std::move(rhs.scalar),
                            false);
  }
  if (lhs.vector == nullptr) {
    return MakeVectorScalar(context, steps, expr, std::move(rhs.vector), std::move(lhs.scalar),
                            true);
  }
  if (IsSetOperator(expr.op)) {
    return MakeSetOperator(context, steps, expr, std::move(lhs.vector), std::move(rhs.vector));
  }
  return MakeVectorVector(context, steps, expr, std::move(lhs.vector), std::move(rhs.vector));
}

std::unique_ptr<ScalarOperator> MakeScalarBinaryOperator(EvalContext&, Steps,
                                                         const BinaryExpr& expr,
                                                         std::unique_ptr<ScalarOperator> lhs,
                                                         std::unique_ptr<ScalarOperator> rhs) {
  return MakeScalarScalar(expr, std::move(lhs), std::move(rhs));
}

}  // namespace tidemark::promql
