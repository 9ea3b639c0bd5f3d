// Unary minus of an instant vector.
#pragma once

#include <memory>

#include "promql/eval/operator.h"

namespace tidemark::promql {

std::unique_ptr<VectorOperator> MakeNegation(EvalContext& context, Steps steps,
                                             std::unique_ptr<VectorOperator> input);

}  // namespace tidemark::promql
