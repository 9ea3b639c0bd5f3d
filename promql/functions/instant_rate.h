// irate and idelta: from the last two samples of a window.
#pragma once

#include "promql/functions/range_function.h"

namespace tidemark::promql {

Status Irate(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status Idelta(const Window& window, RangeCall& call, size_t step, StepSeries& out);

}  // namespace tidemark::promql
