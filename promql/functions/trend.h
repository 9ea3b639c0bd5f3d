// Functions that fit a line, or a smoothed one, to the floats of a window: deriv,
// predict_linear, double_exponential_smoothing.
#pragma once

#include "promql/functions/range_function.h"

namespace tidemark::promql {

Status Deriv(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status PredictLinear(const Window& window, RangeCall& call, size_t step, StepSeries& out);
// kFailedPrecondition  a factor that is not between 0 and 1
Status DoubleExponentialSmoothing(const Window& window, RangeCall& call, size_t step,
                                  StepSeries& out);

}  // namespace tidemark::promql
