// Classic histograms: cumulative counters by upper bound (`le`), and what
// histogram_quantile and histogram_fraction make of them.
//
// Observations are taken to be spread evenly inside a bucket.  The lowest
// bucket starts at 0 when its upper bound is above 0.  Formulas and special
// cases are Prometheus' (promql/quantile.go).
//
// Threads: pure functions.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace tidemark::promql {

// The count of observations at or below `upper_bound`.
struct ClassicBucket {
  double upper_bound = 0;
  double count = 0;
};

// The value of a `le` label as Prometheus reads it; nothing when it is no number.
std::optional<double> ParseUpperBound(std::string_view le);

struct ClassicQuantile {
  double value = 0;
  // Some bucket counted less than the one below it, by more than rounding
  // explains, and was raised: the upper bounds between which that happened and
  // the largest difference.
  bool forced_monotonic = false;
  double min_bucket = 0;
  double max_bucket = 0;
  double max_diff = 0;
};

// The value below which a share `q` of the observations lies.  `buckets`, in any
// order and not empty, are sorted, merged where bounds repeat, and mended.
//   -Inf for q < 0, +Inf for q > 1
//   NaN  for q NaN, no bucket +Inf, fewer than two buckets, no observations
// In the highest bucket: the bound below it.
ClassicQuantile BucketQuantile(double q, std::vector<ClassicBucket>& buckets);

// The share of the observations in (lower, upper]; 0 where lower >= upper; NaN
// for a NaN bound, no bucket +Inf, no observations.  `buckets` as above.
double BucketFraction(double lower, double upper, std::vector<ClassicBucket>& buckets);

}  // namespace tidemark::promql
