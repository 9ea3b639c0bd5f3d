// sum_over_time, avg_over_time, stddev_over_time and stdvar_over_time.
#pragma once

#include "promql/functions/range_function.h"

namespace tidemark::promql {

Status SumOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status AvgOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
// Of the floats.
Status StddevOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status StdvarOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);

}  // namespace tidemark::promql
