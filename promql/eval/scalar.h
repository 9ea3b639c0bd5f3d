// Scalars: numbers, time(), scalar(), and vector(), the way back.
#pragma once

#include <memory>

#include "promql/eval/operator.h"

namespace tidemark::promql {

std::unique_ptr<ScalarOperator> MakeConstant(Steps steps, double value);
// The evaluation time in seconds.
std::unique_ptr<ScalarOperator> MakeTime(Steps steps);
std::unique_ptr<ScalarOperator> MakeNegation(std::unique_ptr<ScalarOperator> input);
// The larger, or smaller, of two.
std::unique_ptr<ScalarOperator> MakeMaxOf(std::unique_ptr<ScalarOperator> a,
                                          std::unique_ptr<ScalarOperator> b);
std::unique_ptr<ScalarOperator> MakeMinOf(std::unique_ptr<ScalarOperator> a,
                                          std::unique_ptr<ScalarOperator> b);
// scalar(): the float of the only series that has one at a step, else NaN.
std::unique_ptr<ScalarOperator> MakeScalarOf(EvalContext& context, Steps steps,
                                             std::unique_ptr<VectorOperator> input);
// vector(): one series without labels.
std::unique_ptr<VectorOperator> MakeVectorOf(Steps steps, std::unique_ptr<ScalarOperator> input);

}  // namespace tidemark::promql
