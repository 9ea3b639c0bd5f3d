// Custom buckets with different bounds brought to the bounds that they share.
// Private to tsdb/model.
#pragma once

#include <span>
#include <vector>

#include "tsdb/model/histogram.h"

namespace tidemark::tsdb {

// The bounds that are in both; both ascend.
std::vector<double> SharedBounds(std::span<const double> a, std::span<const double> b);

// Counts in the buckets between `bounds` and the one above them, as compensated
// sums.  `bounds` must be a subset of those of every histogram added.
struct RebucketedCounts {
  explicit RebucketedCounts(std::span<const double> bounds);

  // Adds the positive buckets of `h`, times `sign`, and the compensations that
  // `c` (may be null) holds for them.
  void Add(const FloatHistogram& h, double sign, const FloatHistogram* c);

  std::span<const double> bounds;
  std::vector<double> counts;
  std::vector<double> compensations;
};

}  // namespace tidemark::tsdb
