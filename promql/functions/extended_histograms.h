// `anchored` and `smoothed` over native histograms.
#pragma once

#include <cstdint>
#include <memory>

#include "promql/functions/range_function.h"
#include "tsdb/model/histogram.h"

namespace tidemark::promql {

struct TimedHistogram {
  int64_t t = 0;
  const tsdb::FloatHistogram& h;
};

// The histogram at `t`, from the first to the second; between a counter and one
// that was reset, from zero.  Infos about bounds go to `annotations`.
//   kInvalidArgument  exponential and custom buckets
StatusOr<std::shared_ptr<tsdb::FloatHistogram>> InterpolateHistograms(const TimedHistogram& first,
                                                                      const TimedHistogram& second,
                                                                      int64_t t, bool is_counter,
                                                                      Annotations& annotations,
                                                                      PositionRange pos);

// How much a window's histograms grew from its start to its end, resets included
// for counters; null, with the reason among the annotations, when there is none.
// `window` holds histograms only, at least one.
std::shared_ptr<tsdb::FloatHistogram> ExtendedHistogramIncrease(const Window& window,
                                                                bool is_counter, RangeCall& call);

}  // namespace tidemark::promql
