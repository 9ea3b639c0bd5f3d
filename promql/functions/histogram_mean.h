// The sum and the mean of native histograms over a window, with compensation.
#pragma once

#include <memory>
#include <span>

#include "promql/eval/step_series.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// What adding up had to tell, for annotations.
struct HistogramSumNotes {
  bool counter_reset_collision = false;  // one hint says reset, another not
  bool bounds_reconciled = false;
};

// `histograms` is not empty.  kInvalidArgument: exponential and custom buckets
// together.
StatusOr<std::shared_ptr<tsdb::FloatHistogram>> SumOfHistograms(
    std::span<const HistogramPtr> histograms, HistogramSumNotes& notes);
// Switches to an incremental mean when the sum overflows.
StatusOr<std::shared_ptr<tsdb::FloatHistogram>> MeanOfHistograms(
    std::span<const HistogramPtr> histograms, HistogramSumNotes& notes);

}  // namespace tidemark::promql
