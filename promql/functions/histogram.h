// Functions of histograms, classic and native: histogram_quantile,
// histogram_fraction, histogram_count, histogram_sum, histogram_avg …
#pragma once

#include <span>

#include "promql/functions/vector_function.h"

namespace tidemark::promql {

std::span<const VectorFunction> HistogramFunctions();

}  // namespace tidemark::promql
