// Aggregations: sum, topk, quantile, count_values …, by and without labels.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// `param` is empty where the aggregation takes none; the label of count_values
// comes as its string.
StatusOr<std::unique_ptr<VectorOperator>> MakeAggregateOperator(
    EvalContext& context, Steps steps, const AggregateExpr& expr,
    std::unique_ptr<VectorOperator> input, Operand param);

}  // namespace tidemark::promql
