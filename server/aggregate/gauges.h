// Gauges that fold: the newest values of all inputs made one.
#pragma once

#include <optional>
#include <span>

#include "server/aggregate/fold.h"
#include "server/aggregate/fold_state.h"

namespace tidemark::server {

// None: there are no values.  Under kLast the value with the latest time, of several
// the largest; min and max pass over NaN where there is another value, as PromQL's.
std::optional<double> CombineGauges(FoldFunction function, std::span<const FoldGauge> values);

}  // namespace tidemark::server
