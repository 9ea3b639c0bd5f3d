// An instant vector selector: at each step the newest sample of each series that
// is no older than the lookback.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

enum class SelectorValue {
  kSample,      // the sample
  kTimestamp,   // when it was taken, in seconds: timestamp(selector)
  kStartTime,   // when what it counts began, in seconds, 0: not known: start_timestamp(selector)
  kSampleTime,  // when it was taken, in milliseconds, of floats only: info()
};

// A sample at time s is seen from t if t - lookback < s <= t, and nothing newer,
// in particular no stale marker, is.  `times.End(step)` is t; `times.range_ms` is not used.
std::unique_ptr<VectorOperator> MakeInstantSelector(EvalContext& context,
                                                    const VectorSelector& selector,
                                                    const WindowTimes& times,
                                                    tsdb::SelectHints hints, SelectorValue value);

}  // namespace tidemark::promql
