// SampleTally: the samples that a query looks at, counted as Prometheus does for
// `stats`.
//
// Two counts, of floats and of histograms at their size (HistogramSamples):
//
//   total  at each step what an instant query at its time would look at: all of
//          a window, although windows overlap; what has the same value at all
//          steps once for each; of a subquery its results, not what it read
//   read   what is new at each step: of a window what came in since the step
//          before; what is the same at all steps at the first; of a subquery
//          what it read, at the first step of those outside that uses it
//
// Selectors count into the tally that the EvalContext holds while they are
// planned; tallies hand on to the one outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "promql/eval/step_series.h"
#include "promql/query_stats.h"

namespace tidemark::promql {

// Threads: one.
class SampleTally {
 public:
  virtual ~SampleTally() = default;

  // Whether it matters at which step is counted; all may go to step 0 otherwise.
  virtual bool by_step() const = 0;

  // `step` is one of the steps that the one who counts is evaluated at.
  virtual void Add(size_t step, uint64_t total, uint64_t read) = 0;

  // `total` at every step, `read` at the first.
  virtual void AddToEach(uint64_t total, uint64_t read) = 0;
};

// Of the query itself; per step only if `by_step`.  `stats` must outlive it.
std::unique_ptr<SampleTally> MakeQueryTally(QueryStats& stats, size_t steps, bool by_step);

// Of what is evaluated once for all steps of `outer`.
std::unique_ptr<SampleTally> MakeOnceTally(SampleTally& outer);

struct SubqueryTimes {
  Steps outer;
  Steps inner;
  int64_t range_ms = 0;
  int64_t offset_ms = 0;
};
// Of what is inside a subquery.
std::unique_ptr<SampleTally> MakeSubqueryTally(SampleTally& outer, const SubqueryTimes& times);

// Of what is inside a subquery that is the query itself: nobody counts its results.
std::unique_ptr<SampleTally> MakeRootSubqueryTally(SampleTally& outer, size_t inner_steps);

}  // namespace tidemark::promql
