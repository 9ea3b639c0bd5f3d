// RangeFunction: what a function of a range vector does with each window.
//
// One object per call in a query; the operator (range_operator.h in eval/) moves
// the windows and asks it step by step, series after series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "promql/annotation_text.h"
#include "promql/eval/context.h"
#include "promql/eval/range_source.h"
#include "promql/eval/sample_buffer.h"
#include "promql/functions/agg_window.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// The call that a RangeFunction is for.
struct RangeCall {
  EvalContext& context;
  Steps steps;
  PositionRange pos;     // of the first argument: where annotations point to
  int64_t range_ms = 0;  // of the windows
  WindowReach reach = WindowReach::kNone;
  // The scalar arguments, in order, one value per step each.
  std::vector<std::vector<double>> scalars;
  std::string metric;  // name of the current series; may be empty

  void Annotate(const Annotation& annotation) { context.annotations.Add(annotation, pos); }
};

// Threads: one.
class RangeFunction {
 public:
  virtual ~RangeFunction() = default;

  // The current series is another one now.
  virtual void StartSeries() {}

  // Sets `out` at `step`, or leaves it empty there.  `window` holds at least one
  // sample.
  virtual Status Evaluate(const Window& window, size_t step, StepSeries& out) = 0;

  // The same, of a window as an aggregate, where AggUseOf is not kNone.  False, and
  // nothing was done: in this window only the samples tell.
  virtual bool EvaluateAgg(const AggWindow& /*window*/, size_t /*step*/, StepSeries& /*out*/) {
    return false;
  }

  // All steps of the current series have been evaluated.
  virtual void EndSeries(const StepSeries& /*out*/) {}
};

// A function without state: its Evaluate.
using WindowFunction = Status (*)(const Window& window, RangeCall& call, size_t step,
                                  StepSeries& out);
// Its EvaluateAgg, or null.
using AggFunction = bool (*)(const AggWindow& window, RangeCall& call, size_t step,
                             StepSeries& out);
std::unique_ptr<RangeFunction> MakeWindowFunction(WindowFunction function, AggFunction of_agg,
                                                  RangeCall& call);

// What of window aggregates the function called `name` looks at.
enum class AggUse {
  kNone,    // it needs samples
  kEnds,    // neither resets nor sums of histograms
  kResets,  // no sums of histograms
  kSums,    // no resets of histograms
};
AggUse AggUseOf(std::string_view name);

// Whether windows of the function called `name` hold the start times of samples,
// where the engine uses them.
bool UsesStartTimestamps(std::string_view name);

//   kFailedPrecondition  a function that takes no window with this reach
Status CheckReach(std::string_view name, WindowReach reach);

// Whether the series that `name` returns are still of the same metric.
bool KeepsMetricName(std::string_view name);

// The function called `name`, or null if there is no such function of a range
// vector (absent_over_time is an operator of its own).  Borrows `call`.
std::unique_ptr<RangeFunction> MakeRangeFunction(std::string_view name, RangeCall& call);

}  // namespace tidemark::promql
