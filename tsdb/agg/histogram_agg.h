// HistogramAgg: what a window's native histograms come down to: the part of Agg
// (tsdb/agg/agg.h) that is about histograms.
//
// Threads: like a std::vector.
#pragma once

#include <cstdint>

#include "tsdb/base/status.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {

struct HistogramAgg {
  uint64_t n = 0;
  // All that follows is empty where n is 0.
  HistogramSample first;
  HistogramSample last;
  // The second one resets against the first: then nothing of the first takes
  // part in an increase, not even its resolution.
  bool first_is_reset = false;
  // Sum of the histograms just before a reset, but for the first one.
  FloatHistogram correction;
  bool has_correction = false;
  int32_t lowest_schema = 0;  // of all but the first; of the first where it is alone
  FloatHistogram sum;         // the sum is sum + compensation
  FloatHistogram compensation;
  // Neither of them was kept (tsdb/tier/tier_block.h): only the samples tell.
  bool no_sums = false;
  uint64_t gauges = 0;  // with the hint kGauge
  bool reset_hint_seen = false;
  bool no_reset_hint_seen = false;
  // Exponential and custom buckets, custom bounds or zero thresholds changed
  // inside the window, or a sum became infinite: what is computed then depends
  // on the order of all steps, and only the samples tell.
  bool raw_only = false;

  // Adds the next sample, which is later than the last, and no stale marker.
  void Add(int64_t t, const FloatHistogram& h);
  // Adds what comes later: all of `later` is after all of *this.
  void Combine(const HistogramAgg& later);

  // The window as a counter, and as a gauge: last - first, with resets made good
  // or not, as PromQL's increase and delta begin with; the hint is kGauge, and
  // empty buckets are left out.
  //   kFailedPrecondition  fewer than two samples, or raw_only
  StatusOr<FloatHistogram> Increase() const;
  StatusOr<FloatHistogram> Delta() const;
  //   kFailedPrecondition  no sample, raw_only or no_sums
  StatusOr<FloatHistogram> Sum() const;
  StatusOr<FloatHistogram> Average() const;

 private:
  void CombineResets(const HistogramAgg& later);
  void CombineSums(const HistogramAgg& later);
  void AddCorrection(const FloatHistogram& h);
  Status CheckEnough(uint64_t samples) const;
  Status CheckSums() const;
};

}  // namespace tidemark::tsdb
