// Whether an answer is what a script says it must be.
#pragma once

#include "promql/script/script.h"
#include "promql/value.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// Floats may differ by a millionth of their sum; NaN equals NaN.  A histogram's
// counter reset hint is compared where the script says it.
//   kFailedPrecondition  what differs

// The answer of an instant query, of a range query, or of a matrix selector.
Status CompareValue(const EvalCommand& want, const Value& got);

// The answer at `t` of a range query, against what an instant query must give there.
Status CompareAt(const EvalCommand& want, const Matrix& got, int64_t t, bool scalar);

}  // namespace tidemark::promql
