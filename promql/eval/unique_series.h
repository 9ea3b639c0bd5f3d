// Series that came to have the same labels, as by a dropped metric name, become
// one when they never have samples at the same step, and an error otherwise.
#pragma once

#include <memory>

#include "promql/eval/operator.h"

namespace tidemark::promql {

// What becomes of series with the same labels.
enum class SameLabels {
  kMerge,   // one series, unless both have a sample at one step
  kRefuse,  // an error if both have samples at all
};

// Passes `input` through, series by series, unless its labels repeat; then it
// holds all of it.  Its errors besides the input's:
//   kFailedPrecondition  "vector cannot contain metrics with the same labelset"
std::unique_ptr<VectorOperator> MakeUniqueSeries(EvalContext& context, Steps steps,
                                                 std::unique_ptr<VectorOperator> input,
                                                 SameLabels same_labels = SameLabels::kMerge);

}  // namespace tidemark::promql
