// Zero buckets of different widths made one.  Private to tsdb/model.
#pragma once

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_side.h"

namespace tidemark::tsdb {

struct ZeroBucketTotal {
  double count = 0;
  double threshold = 0;
  double compensation = 0;  // what `count` lost to rounding
};

// The zero bucket that `h` would have with a threshold of at least `threshold`,
// not below its own: where that falls into a populated bucket, the bucket is
// included and the threshold moves to its far end.  `c` (may be null) holds the
// compensations of `h`.
ZeroBucketTotal WidenedZeroBucket(const FloatHistogram& h, double threshold,
                                  const FloatHistogram* c);

// Widens the zero bucket of `h`, and c's with it, until it is one that `other`
// can have too; returns that of `other`, which stays as it is.
ZeroBucketTotal ReconcileZeroBuckets(FloatHistogram& h, const FloatHistogram& other,
                                     FloatHistogram* c);

// The reader moved past the buckets that end inside a zero bucket of `threshold`.
SideReader SkipInsideZero(SideReader reader, int32_t schema, double threshold);

}  // namespace tidemark::tsdb
