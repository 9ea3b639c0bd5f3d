// Agg: the window aggregate, what one series' samples in an interval (t0, t1]
// come down to.  Aggs of adjacent intervals combine into the one of both, so
// that a long window can be made of short ones:
//
//   Agg window;
//   window.Add(run);              // the raw edge, in the order of time
//   window.Combine(hour);         // what comes later
//   window.floats.Increase();
//
// Combine is associative (not commutative: time has an order), up to the
// rounding of sums: 1e-9 of the result, or some ulps of the largest operand.
//
// Threads: like a std::vector.
#pragma once

#include <cstdint>
#include <optional>

#include "tsdb/agg/float_agg.h"
#include "tsdb/agg/histogram_agg.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

struct Agg {
  FloatAgg floats;
  HistogramAgg histograms;
  // Of both types together, in the order of time, as PromQL's resets and
  // changes count them: from one type to the other is one of each.
  uint64_t resets = 0;
  uint64_t changes = 0;
  // When the series was marked stale after its last sample in the interval;
  // milliseconds since the Unix epoch.
  std::optional<int64_t> stale_t;

  bool empty() const { return floats.n == 0 && histograms.n == 0; }

  // Adds samples, or a stale marker, which are later than all before.
  void Add(const SampleRun& run);
  void Add(const Sample& sample);
  void Add(int64_t t, const FloatHistogram& h);
  // Adds what comes later: all of `later` is after all of *this.
  void Combine(const Agg& later);

 private:
  void MarkStale(int64_t t);
};

}  // namespace tidemark::tsdb
