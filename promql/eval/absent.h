// absent() and the like: 1 where an instant vector is empty.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// One series, with the labels that `expr`, when it is a selector, asks to be
// equal to a value.
std::unique_ptr<VectorOperator> MakeAbsent(Steps steps, const Expr& expr,
                                           std::unique_ptr<VectorOperator> input);

}  // namespace tidemark::promql
