// SampleBuffer: the samples of one series around a moving window; Window: what a
// range function sees of them.
//
// Samples are appended once, in time order, and dropped from the front as the
// window moves on, so that all windows of a series cost one pass over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "promql/eval/step_series.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

// The samples in (start, end], floats and histograms apart, each in time order;
// no stale markers.  Those of `anchored` and `smoothed` reach further (WindowReach);
// start and end are still the window's own.  Valid until its buffer changes.
struct Window {
  int64_t start = 0;  // milliseconds
  int64_t end = 0;
  std::span<const int64_t> float_t;
  std::span<const double> floats;
  std::span<const int64_t> histogram_t;
  std::span<const HistogramPtr> histograms;
  // When what each sample counts began, 0: not known; empty unless they are kept.
  std::span<const int64_t> float_starts;
  std::span<const int64_t> histogram_starts;
  // How many floats (histograms) of the series came before the first one here,
  // among those that were read: names the same sample in all windows.
  uint64_t first_float = 0;
  uint64_t first_histogram = 0;

  bool empty() const { return floats.empty() && histograms.empty(); }
  bool mixed() const { return !floats.empty() && !histograms.empty(); }
};

// Threads: one.
class SampleBuffer {
 public:
  // From now on start times of samples are kept, too; to be called while it is empty.
  void KeepStarts() { keep_starts_ = true; }

  // For the next series.
  void Clear();

  // Appends samples newer than all before them, without stale markers.
  void Append(const tsdb::SampleRun& run);
  void AppendFloat(int64_t t, double v, int64_t start = 0);
  void AppendHistogram(int64_t t, HistogramPtr h, int64_t start = 0);

  // Drops what is not after `start` and shows what is not after `end`; neither
  // may go back between two calls for one series.  The window is the buffer's own, as
  // copying it costs as much as moving it; `start` and `end` of it may be set.
  Window& Move(int64_t start, int64_t end);

  // What SampleMeter should hold for all that is in memory.
  uint64_t held() const { return float_t_.size() + histogram_samples_; }
  // The same for what the last Move showed.
  uint64_t WindowSamples() const;

 private:
  void Compact();

  bool keep_starts_ = false;
  std::vector<int64_t> float_starts_;  // empty unless they are kept
  std::vector<int64_t> histogram_starts_;
  std::vector<int64_t> float_t_;
  std::vector<double> floats_;
  std::vector<int64_t> histogram_t_;
  std::vector<HistogramPtr> histograms_;
  std::vector<uint32_t> histogram_sizes_;  // in samples
  uint64_t histogram_samples_ = 0;
  // Window: [begin, end) of each.
  size_t float_begin_ = 0;
  size_t float_end_ = 0;
  size_t histogram_begin_ = 0;
  size_t histogram_end_ = 0;
  Window window_;                // of the last Move
  uint64_t floats_dropped_ = 0;  // from the front
  uint64_t histograms_dropped_ = 0;
};

}  // namespace tidemark::promql
