// quantile_over_time and mad_over_time, of the floats of a window.
#pragma once

#include "promql/functions/range_function.h"

namespace tidemark::promql {

Status QuantileOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
// The median of the distances from the median; NaN if any value is.
Status MadOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);

}  // namespace tidemark::promql
