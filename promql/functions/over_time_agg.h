// The functions of over_time.h and sum_over_time.h, of windows that are known as
// aggregates.  False: only the samples tell.
#pragma once

#include "promql/functions/range_function.h"

namespace tidemark::promql {

bool CountOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool PresentOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool FirstOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool LastOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool TsOfFirstOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool TsOfLastOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool MinOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool MaxOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool TsOfMinOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool TsOfMaxOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool ResetsOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool ChangesOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);

// Where a sum may have overflowed on its way, its order matters.
bool SumOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool AvgOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool StddevOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);
bool StdvarOverTimeOfAgg(const AggWindow& window, RangeCall& call, size_t step, StepSeries& out);

}  // namespace tidemark::promql
