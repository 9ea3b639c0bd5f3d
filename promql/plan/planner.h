// Planner: from a syntax tree to operators.
//
// Selectors get their times and hints, `@` and offset included; what has one
// value at all steps is evaluated once; subqueries get steps of their own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "promql/eval/instant_selector.h"
#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"
#include "promql/plan/query_times.h"
#include "promql/plan_node.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// A range vector: windows over a source.
struct PlannedRange {
  WindowTimes windows;
  std::unique_ptr<RangeSource> source;
};

// Errors of all functions: kInvalidArgument for bad duration expressions,
// kFailedPrecondition for arguments that a function does not take.
//
// Threads: one.  Ownership: borrows the context and the tree, as do the operators.
class Planner {
 public:
  Planner(EvalContext& context, const QueryTimes& times) : context_(context), times_(times) {}

  // `expr` must have the type that the function's name says.
  StatusOr<std::unique_ptr<VectorOperator>> Vector(const Expr& expr, Steps steps);
  StatusOr<std::unique_ptr<ScalarOperator>> Scalar(const Expr& expr, Steps steps);
  StatusOr<PlannedRange> Range(const Expr& expr, Steps steps);
  static const std::string& String(const Expr& expr);

 private:
  // What is directly above the node that is being planned, for SelectHints.
  struct Above {
    std::string function;
    const AggregateExpr* aggregate = nullptr;  // when it is the parent itself
    int64_t subquery_step_ms = 0;
    bool any_order = false;  // the aggregate's, handed on by functions and signs
  };
  // What the nodes above say of the buckets of histograms: a function of counts
  // and sums needs none, unless a function or operator further up does, or a
  // subquery, which cannot find resets without them.
  enum class BucketUse { kUnsaid, kNone, kNeeded };
  static BucketUse BucketUseBelow(std::string_view function, BucketUse above);

  StatusOr<std::unique_ptr<VectorOperator>> VectorAtSteps(const Expr& expr, Steps steps);
  StatusOr<std::unique_ptr<VectorOperator>> VectorOf(const Expr& expr, Steps steps);
  StatusOr<PlannedRange> RangeOf(const Expr& expr, Steps steps);
  // The series that a selector finds, for the recorder.
  Status Estimate(const Expr& expr, Steps steps, PlanNode& node);
  StatusOr<std::unique_ptr<VectorOperator>> FromSelector(const VectorSelector& selector,
                                                         Steps steps, SelectorValue value);
  StatusOr<std::unique_ptr<VectorOperator>> FromSmoothed(const VectorSelector& selector,
                                                         Steps steps);
  StatusOr<std::unique_ptr<VectorOperator>> FromAggregate(const AggregateExpr& expr, Steps steps);
  StatusOr<std::unique_ptr<VectorOperator>> FromBinary(const BinaryExpr& expr, Steps steps);
  StatusOr<std::unique_ptr<VectorOperator>> FromUnary(const UnaryExpr& expr, Steps steps);
  StatusOr<std::unique_ptr<VectorOperator>> FromCall(const Call& call, Steps steps);
  StatusOr<std::unique_ptr<VectorOperator>> FromInfo(const Call& call, Steps steps);
  StatusOr<std::unique_ptr<VectorOperator>> FromRangeCall(const Call& call, size_t range_arg,
                                                          Steps steps);

  StatusOr<std::unique_ptr<ScalarOperator>> ScalarAtSteps(const Expr& expr, Steps steps);
  StatusOr<std::unique_ptr<ScalarOperator>> ScalarCall(const Call& call, Steps steps);

  StatusOr<PlannedRange> FromMatrixSelector(const MatrixSelector& expr, Steps steps);
  StatusOr<PlannedRange> FromSubquery(const SubqueryExpr& expr, Steps steps);

  StatusOr<Operand> Argument(const Expr& expr, Steps steps);
  StatusOr<WindowTimes> TimesOf(const TimeShift& shift, int64_t range_ms, Steps steps) const;
  tsdb::SelectHints HintsFor(const WindowTimes& windows, int64_t range_ms) const;

  EvalContext& context_;
  const QueryTimes times_;
  Above above_;
  BucketUse bucket_use_ = BucketUse::kUnsaid;
};

}  // namespace tidemark::promql
