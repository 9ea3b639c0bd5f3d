// Binary operators: arithmetic, comparisons and set operators.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// At least one side is a vector.
StatusOr<std::unique_ptr<VectorOperator>> MakeVectorBinaryOperator(EvalContext& context,
                                                                   Steps steps,
                                                                   const BinaryExpr& expr,
                                                                   Operand lhs, Operand rhs);

// Both sides are scalars.
std::unique_ptr<ScalarOperator> MakeScalarBinaryOperator(EvalContext& context, Steps steps,
                                                         const BinaryExpr& expr,
                                                         std::unique_ptr<ScalarOperator> lhs,
                                                         std::unique_ptr<ScalarOperator> rhs);

}  // namespace tidemark::promql
