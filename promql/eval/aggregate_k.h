// Aggregations that choose series of their input instead of making new ones:
// topk, bottomk, limitk, limit_ratio.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// `k` or the ratio may differ from step to step.  Errors of Series() besides the
// input's:
//   kFailedPrecondition  the parameter is NaN, or k outside int64
//
// topk and bottomk hold k samples per group and step, and read all of their
// input before the first answer; of an instant query, series come group by group
// in the order of their values.  Histograms are left out, with an info.
std::unique_ptr<VectorOperator> MakeTopK(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr,
                                         std::unique_ptr<VectorOperator> input,
                                         std::unique_ptr<ScalarOperator> k);

// limitk takes the first k series of each group that have a sample at the step;
// limit_ratio takes each series or not by a hash of its labels, the same in every
// query, process and Prometheus.  A negative ratio takes those that its complement
// does not.
std::unique_ptr<VectorOperator> MakeLimit(EvalContext& context, Steps steps,
                                          const AggregateExpr& expr,
                                          std::unique_ptr<VectorOperator> input,
                                          std::unique_ptr<ScalarOperator> param);

}  // namespace tidemark::promql
