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

std::unique_ptr<RangeFunction> MakeRateFunction(RateKind kind, RangeCall& call);

}  // namespace tidemark::promql
