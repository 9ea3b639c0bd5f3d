// Accumulators that add up: sum and avg, of floats or of histograms.
//
// Floats and histograms of one group at one step do not mix: no result, and a
// warning.  Sums are Neumaier's; a mean is the sum divided by the count unless
// the sum overflows, from there on it is carried on incrementally (as in
// Prometheus, promql/engine.go).
#pragma once

#include <memory>

#include "promql/eval/aggregate_accumulator.h"

namespace tidemark::promql {

std::unique_ptr<Accumulator> MakeSum(EvalContext& context, Steps steps, const AggregateExpr& expr);
std::unique_ptr<Accumulator> MakeAverage(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr);

}  // namespace tidemark::promql
