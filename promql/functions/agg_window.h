// AggWindow: what a range function sees of a window that was not read sample by
// sample, but combined of window aggregates (tsdb/agg/agg.h).
#pragma once

#include <cstdint>

#include "tsdb/agg/float_agg.h"
#include "tsdb/agg/histogram_agg.h"

namespace tidemark::promql {

// Of the samples in (start, end]; borrows both parts.
struct AggWindow {
  int64_t start = 0;  // milliseconds
  int64_t end = 0;
  const tsdb::FloatAgg* floats = nullptr;  // never null; n may be 0
  const tsdb::HistogramAgg* histograms = nullptr;
  // Of both types together.
  uint64_t resets = 0;
  uint64_t changes = 0;

  bool empty() const { return floats->n == 0 && histograms->n == 0; }
  bool mixed() const { return floats->n > 0 && histograms->n > 0; }
};

}  // namespace tidemark::promql
