// From the operators at the root of a query to the Value that it answers.
#pragma once

#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"
#include "promql/plan/query_times.h"
#include "promql/value.h"

namespace tidemark::promql {

// An instant query's scalar, or a range query's one series without labels.
StatusOr<Value> ScalarResult(EvalContext& context, const QueryTimes& times, ScalarOperator& scalar);

// A Vector or, of a range query, a Matrix; without series that have no sample.
// In label order, unless it is an instant query and `expr` defines another.
StatusOr<Value> VectorResult(EvalContext& context, const QueryTimes& times, const Expr& expr,
                             VectorOperator& vector);

// Under delayed name removal, `input` without what is to be dropped; else `input`.
//   kFailedPrecondition  "vector cannot contain metrics with the same labelset"
std::unique_ptr<VectorOperator> MakeNameRemoval(EvalContext& context, Steps steps,
                                                std::unique_ptr<VectorOperator> input);

// All samples in the one window of an instant query.
StatusOr<Value> RangeResult(EvalContext& context, const WindowTimes& windows, RangeSource& source);

}  // namespace tidemark::promql
