// A subquery: what an instant vector is at times of its own, looked at through
// windows.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"

namespace tidemark::promql {

// The times, multiples of `step_ms`, that cover all windows.  Empty (count 0)
// when no multiple lies in them.
//   kFailedPrecondition  more than kMaxSteps of them
StatusOr<Steps> SubquerySteps(const WindowTimes& windows, int64_t step_ms);

// `inner` is evaluated at `steps`; may be null where there are none.  For a function
// hints of histograms are forgotten: they speak of the sample before in the storage,
// which a subquery may have passed over or given twice.
enum class ResetHints { kForget, kKeep };
std::unique_ptr<RangeSource> MakeSubquerySource(Steps steps, std::unique_ptr<VectorOperator> inner,
                                                ResetHints hints);

}  // namespace tidemark::promql
