// Operators: what an expression is evaluated with, one per node of its tree.
//
//   ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, op->Series());
//   StepSeries data;
//   for (size_t i = 0; i < labels.size(); ++i) {
//     RETURN_IF_ERROR(op->Next(data));   // of labels[i], at all steps
//   }
//
// First the labels of all series, then the data of each in turn: an aggregation
// knows its groups before the first sample, and holds one accumulator per group
// instead of its input.
//
// Which times an operator works at is given to its constructor as Steps; they
// differ from the query's inside subqueries and under a fixed `@`.
//
// Threads: one.  Ownership: an operator owns its inputs and borrows the
// EvalContext and the syntax tree, which outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "promql/eval/context.h"
#include "promql/eval/step_series.h"
#include "tsdb/base/status.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// An instant vector.
//
// Errors of both functions: kFailedPrecondition when the query cannot be
// answered (the text is Prometheus'), the meter's, the cancellation's, the
// storage's.  After an error nothing else may be called.
class VectorOperator {
 public:
  virtual ~VectorOperator() = default;

  // The labels of all series.  Once, before the first Next.  Of an instant
  // query's root the order is the order of the answer when the query defines one
  // (sort, topk); otherwise any.  A series may turn out to have no sample.
  //
  // Labels may repeat only where the type of operator says so: who changes labels
  // wraps itself by MakeUniqueSeries (unique_series.h).
  virtual StatusOr<std::vector<tsdb::Labels>> Series() = 0;

  // Fills `out` with the data of the next series, in the order of Series(); is
  // called at most once per series.  `out` is reset first and has one place per
  // step; what it held may have been moved from.
  virtual Status Next(StepSeries& out) = 0;
};

// A scalar: one value per step.  Values may be called once.
class ScalarOperator {
 public:
  virtual ~ScalarOperator() = default;
  virtual StatusOr<std::vector<double>> Values() = 0;
};

// An argument of a function, an operator or an aggregation: exactly one of
// `vector` and `scalar` is set, or neither and it is the string.
struct Operand {
  std::unique_ptr<VectorOperator> vector;
  std::unique_ptr<ScalarOperator> scalar;
  std::string string;
};

}  // namespace tidemark::promql
