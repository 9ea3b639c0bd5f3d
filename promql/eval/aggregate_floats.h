// Accumulators that count samples or look at floats only: count, group, min,
// max, stddev, stdvar, quantile.
#pragma once

#include <memory>
#include <vector>

#include "promql/eval/aggregate_accumulator.h"

namespace tidemark::promql {

std::unique_ptr<Accumulator> MakeCount(EvalContext& context, Steps steps,
                                       const AggregateExpr& expr);
std::unique_ptr<Accumulator> MakeGroup(EvalContext& context, Steps steps,
                                       const AggregateExpr& expr);

// NaN only where there is nothing else.  Histograms are left out, with an info.
std::unique_ptr<Accumulator> MakeMinimum(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr);
std::unique_ptr<Accumulator> MakeMaximum(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr);

// Of the whole population, by Welford's formula.  Histograms as above.
std::unique_ptr<Accumulator> MakeDeviation(EvalContext& context, Steps steps,
                                           const AggregateExpr& expr);
std::unique_ptr<Accumulator> MakeVariance(EvalContext& context, Steps steps,
                                          const AggregateExpr& expr);

// Of the quantile at each step; holds all floats of the group.  Histograms as above.
// `quantiles` outlives the accumulator.
std::unique_ptr<Accumulator> MakeQuantile(EvalContext& context, const AggregateExpr& expr,
                                          const std::vector<double>& quantiles);

}  // namespace tidemark::promql
