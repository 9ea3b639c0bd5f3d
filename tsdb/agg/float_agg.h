// FloatAgg: what a window's floats come down to, so that functions over time
// need no samples: the part of Agg (tsdb/agg/agg.h) that is about floats.
//
// Sums are Neumaier's, variance is Welford's, and Chan's where two meet, as in
// Prometheus (promql/functions.go) but for the order of the last additions.
//
// Threads: like an int.
#pragma once

#include <cstdint>

#include "tsdb/model/sample.h"

namespace tidemark::tsdb {

struct FloatAgg {
  uint64_t n = 0;
  // All that follows is 0 where n is 0.
  Sample first;
  Sample last;
  double correction = 0;  // sum of the values just before a counter's resets
  double sum = 0;         // the sum is sum + compensation, while sum is finite
  double compensation = 0;
  double mean = 0;
  double squares = 0;  // sum of squared differences to the mean
  // By the value: the first of equal ones.  A NaN only where all are.
  double min = 0;
  double max = 0;
  // The last time at which that value was met; milliseconds since the Unix epoch.
  int64_t min_t = 0;
  int64_t max_t = 0;
  // A running sum of finite values became infinite: sum and average depend on
  // the order of all additions, and only the samples tell.  Or they were not kept
  // (tsdb/tier/tier_block.h), which comes to the same.
  bool overflowed = false;

  // Adds the next sample, which is later than the last, and no stale marker.
  void Add(const Sample& sample);
  // Adds what comes later: all of `later` is after all of *this.
  void Combine(const FloatAgg& later);

  // last - first, and with resets made good.  Meaningless where n is 0.
  double Delta() const { return last.v - first.v; }
  double Increase() const { return Delta() + correction; }
  double Sum() const;
  double Average() const;
  double Variance() const { return squares / static_cast<double>(n); }
};

}  // namespace tidemark::tsdb
