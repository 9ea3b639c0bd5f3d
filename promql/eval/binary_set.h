// The set operators and, or, unless.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// Holds of one side no more than which signatures have a sample at which step.
std::unique_ptr<VectorOperator> MakeSetOperator(EvalContext& context, Steps steps,
                                                const BinaryExpr& expr,
                                                std::unique_ptr<VectorOperator> lhs,
                                                std::unique_ptr<VectorOperator> rhs);

}  // namespace tidemark::promql
