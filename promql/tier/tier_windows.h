// TierWindows: the windows of a range selector as aggregates, put together from
// what the storage's tiers hold and from samples at the edges.
//
//   ASSIGN_OR_RETURN(const bool by_tiers, tiers.StartSeries(i));
//   …
//   ASSIGN_OR_RETURN(const AggWindow* window, tiers.At(step));   // null: read samples
//   …
//   RETURN_IF_ERROR(tiers.EndSeries());
#pragma once

#include <cstddef>
#include <memory>

#include "promql/eval/range_source.h"
#include "promql/functions/agg_window.h"
#include "promql/functions/range_function.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// Threads: one.
class TierWindows {
 public:
  virtual ~TierWindows() = default;

  // Whether the series, which come in order, is worth being asked for here.
  virtual StatusOr<bool> StartSeries(size_t series) = 0;

  // Steps in their order, of a series that is.  Null: no tier has anything of that
  // window.  Valid until the next call.
  virtual StatusOr<const AggWindow*> At(size_t step) = 0;

  //   kDataLoss  something stored could not be read
  virtual Status EndSeries() = 0;
};

// After source.Series(); null: there is nothing but samples.  Borrows all.
std::unique_ptr<TierWindows> MakeTierWindows(EvalContext& context, const WindowTimes& windows,
                                             AggUse use, RangeSource& source);

}  // namespace tidemark::promql
