// Functions of range vectors: moves windows over series and asks a RangeFunction.
#pragma once

#include <memory>
#include <vector>

#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// `scalars` are the call's other arguments, in order.  `call` must be of a
// function that MakeRangeFunction knows.
std::unique_ptr<VectorOperator> MakeRangeOperator(
    EvalContext& context, const Call& call, const WindowTimes& windows,
    std::unique_ptr<RangeSource> source, std::vector<std::unique_ptr<ScalarOperator>> scalars);

// absent_over_time: 1 at the steps where no series of `source` has a sample.
std::unique_ptr<VectorOperator> MakeAbsentOverTime(EvalContext& context, const Call& call,
                                                   const WindowTimes& windows,
                                                   std::unique_ptr<RangeSource> source);

}  // namespace tidemark::promql
