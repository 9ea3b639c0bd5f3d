// rate, increase and delta.
#pragma once

#include <memory>

#include "promql/functions/range_function.h"

namespace tidemark::promql {

enum class RateKind {
  kRate,      // per second; of a counter
  kIncrease,  // over the window; of a counter
  kDelta,     // over the window; of a gauge
};

// The info for a series of floats whose name is not that of a counter; `out` is
// what rate or increase made of it.
void NotePossibleNonCounter(const StepSeries& out, RangeCall& call);

std::unique_ptr<RangeFunction> MakeRateFunction(RateKind kind, RangeCall& call);

}  // namespace tidemark::promql
