// Functions that pick or count samples of a window: count, present, first, last,
// min, max, resets, changes, and when the picked ones were taken.
#pragma once

#include "promql/functions/range_function.h"

namespace tidemark::promql {

Status CountOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status PresentOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status FirstOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status LastOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status TsOfFirstOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status TsOfLastOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);

// Of the floats; a NaN loses against any number.
Status MinOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status MaxOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
// Of equal ones the last.
Status TsOfMinOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status TsOfMaxOverTime(const Window& window, RangeCall& call, size_t step, StepSeries& out);

// From each sample to the next; from a float to a histogram and back counts, too.
Status Resets(const Window& window, RangeCall& call, size_t step, StepSeries& out);
Status Changes(const Window& window, RangeCall& call, size_t step, StepSeries& out);

}  // namespace tidemark::promql
