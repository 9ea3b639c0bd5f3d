// A `smoothed` instant selector: at each step the value between the samples
// before and after it, each no further away than the lookback.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// The sample at the time itself if there is one; without one after it, the one
// before.  Stale markers are passed over.  `times.range_ms` is 0, its reach kSmoothed.
std::unique_ptr<VectorOperator> MakeSmoothedSelector(EvalContext& context,
                                                     const VectorSelector& selector,
                                                     const WindowTimes& times,
                                                     std::unique_ptr<RangeSource> source);

}  // namespace tidemark::promql
