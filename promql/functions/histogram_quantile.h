// histogram_quantile, histogram_quantiles and histogram_fraction: of classic
// histograms, native ones, and vectors with both.
#pragma once

#include <memory>

#include "promql/functions/vector_function.h"

namespace tidemark::promql {

// histogram_quantile(q, v)
StatusOr<std::unique_ptr<VectorOperator>> MakeHistogramQuantile(FunctionInput input);
// histogram_quantiles(v, "label", q, …): each quantile with its number as a label.
StatusOr<std::unique_ptr<VectorOperator>> MakeHistogramQuantiles(FunctionInput input);
// histogram_fraction(lower, upper, v)
StatusOr<std::unique_ptr<VectorOperator>> MakeHistogramFraction(FunctionInput input);

}  // namespace tidemark::promql
