// The increase of a native histogram between the first and the last sample of a
// window, resets included.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "promql/eval/sample_buffer.h"
#include "promql/functions/range_function.h"
#include "tsdb/model/histogram.h"

namespace tidemark::promql {

// Threads: one.
class HistogramIncrease {
 public:
  HistogramIncrease(bool is_counter, RangeCall& call) : is_counter_(is_counter), call_(call) {}

  void StartSeries();

  // Of a window with at least two histograms.  Null, with the reason among the
  // annotations, when they cannot be subtracted from each other.
  std::shared_ptr<tsdb::FloatHistogram> Of(const Window& window);

 private:
  using Notes = std::vector<Annotation>;

  // Whether the histogram at index i > 0 of the window was reset since the one before.
  bool ResetAt(const Window& window, size_t i) const;
  void FindResets(const Window& window);
  bool Compatible(const Window& window, const tsdb::FloatHistogram& first, int32_t& min_schema,
                  Notes& notes);
  bool AddBeforeResets(const Window& window, tsdb::FloatHistogram& sum, Notes& notes);

  const bool is_counter_;
  RangeCall& call_;
  // resets_[i]: of the histogram first_ordinal_ + i of the series against the
  // one before; windows overlap, and comparing buckets is what costs.
  std::vector<bool> resets_;
  uint64_t first_ordinal_ = 0;
};

}  // namespace tidemark::promql
