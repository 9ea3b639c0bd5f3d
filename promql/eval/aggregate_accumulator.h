// Accumulator: one group of an aggregation over all steps.
//
// Gets the group's series one after the other, in the order of the input, and
// then gives the group's own series.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

class Accumulator {
 public:
  // `expr` is the aggregation; annotations are about what it aggregates.
  Accumulator(EvalContext& context, const AggregateExpr& expr)
      : context_(context), input_pos_(expr.expr->pos) {}
  virtual ~Accumulator() { context_.meter.Release(held_); }
  Accumulator(const Accumulator&) = delete;
  Accumulator& operator=(const Accumulator&) = delete;

  // Errors of both: the meter's, the cancellation's.

  // May take what it needs out of `in`.
  virtual Status Add(StepSeries& in, const tsdb::Labels& labels) = 0;
  // `out` was reset.  Once, after the last Add.
  virtual Status Finish(StepSeries& out) = 0;

 protected:
  void Annotate(const Annotation& annotation) { context_.annotations.Add(annotation, input_pos_); }
  Status CheckRunning() const { return context_.CheckRunning(); }
  // Takes samples from the query's meter until this is gone.
  Status Hold(uint64_t samples) {
    held_ += samples;
    return context_.meter.Take(samples);
  }

 private:
  EvalContext& context_;
  const PositionRange input_pos_;
  uint64_t held_ = 0;
};

}  // namespace tidemark::promql
