// count_values: how many series of a group have each value.
#pragma once

#include <memory>
#include <string>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// Reads all of its input before the first answer: the values are labels.
//   kFailedPrecondition  `label` is no label name
StatusOr<std::unique_ptr<VectorOperator>> MakeCountValues(EvalContext& context, Steps steps,
                                                          const AggregateExpr& expr,
                                                          std::unique_ptr<VectorOperator> input,
                                                          std::string label);

}  // namespace tidemark::promql
