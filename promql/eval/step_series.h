// StepSeries: one series of an instant vector at all steps of an evaluation;
// Steps: which times those are.
//
// Dense, so that arithmetic and aggregation are plain loops over steps:
//
//   for (size_t i = 0; i < in.size(); ++i) {
//     if (in.kinds[i] == SampleKind::kFloat) sum[i] += in.values[i];
//   }
//   if (in.has_histograms()) …   // a second loop, for the few series that need it
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tsdb/model/histogram.h"

namespace tidemark::promql {

// The times start, start + step_ms, …, `count` of them; milliseconds.
struct Steps {
  int64_t start = 0;
  int64_t step_ms = 0;  // 0 when count is 1
  size_t count = 1;
  bool is_range = false;  // they end after they start, if with one time only

  // start, start + step_ms, … <= end; a step of 0 means start alone.
  static Steps Range(int64_t start, int64_t end, int64_t step_ms) {
    if (step_ms <= 0 || end < start) return {start, 0, 1};
    const size_t count = static_cast<size_t>((end - start) / step_ms) + 1;
    return {start, count == 1 ? 0 : step_ms, count, end > start};
  }
  int64_t At(size_t i) const { return start + static_cast<int64_t>(i) * step_ms; }
  int64_t end() const { return At(count - 1); }
};

// Histograms are shared between steps and operators and never changed: who
// computes a new one makes its own copy first.
using HistogramPtr = std::shared_ptr<const tsdb::FloatHistogram>;

// A histogram counts as one sample per 16 bytes, as in Prometheus.
inline uint64_t HistogramSamples(const tsdb::FloatHistogram& h) { return (h.SizeBytes() + 8) / 16; }

enum class SampleKind : uint8_t { kNone, kFloat, kHistogram };

// Buffers are meant to be used again: Reset keeps their memory.
//
// Threads: one.
struct StepSeries {
  std::vector<SampleKind> kinds;  // one per step
  std::vector<double> values;     // one per step; means something only at kFloat
  // One per step and not null at kHistogram; or empty, when there is none at all.
  std::vector<HistogramPtr> histograms;

  size_t size() const { return kinds.size(); }
  bool has_histograms() const { return !histograms.empty(); }

  // No sample at any of `steps` steps.
  void Reset(size_t steps) {
    kinds.assign(steps, SampleKind::kNone);
    values.resize(steps);
    histograms.clear();
  }
  void SetFloat(size_t i, double v) {
    kinds[i] = SampleKind::kFloat;
    values[i] = v;
  }
  void SetHistogram(size_t i, HistogramPtr h) {
    if (histograms.empty()) histograms.resize(kinds.size());
    kinds[i] = SampleKind::kHistogram;
    histograms[i] = std::move(h);
  }
  void Clear(size_t i) {
    kinds[i] = SampleKind::kNone;
    if (!histograms.empty()) histograms[i].reset();
  }
  // Samples at all steps together, as SampleMeter counts them.
  uint64_t SampleCount() const {
    uint64_t n = 0;
    for (SampleKind kind : kinds) n += kind == SampleKind::kFloat;
    for (const HistogramPtr& h : histograms) n += h == nullptr ? 0 : HistogramSamples(*h);
    return n;
  }
};

}  // namespace tidemark::promql
