// Binary operators with a scalar on one side.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// `scalar_left`: 2 ^ v, not v ^ 2.  A comparison without bool keeps the vector's
// sample on whichever side it is.
std::unique_ptr<VectorOperator> MakeVectorScalar(EvalContext& context, Steps steps,
                                                 const BinaryExpr& expr,
                                                 std::unique_ptr<VectorOperator> vector,
                                                 std::unique_ptr<ScalarOperator> scalar,
                                                 bool scalar_left);

std::unique_ptr<ScalarOperator> MakeScalarScalar(const BinaryExpr& expr,
                                                 std::unique_ptr<ScalarOperator> lhs,
                                                 std::unique_ptr<ScalarOperator> rhs);

}  // namespace tidemark::promql
