// What histogram_quantile, histogram_fraction and their kin make of one native
// histogram.
//
// Observations in an exponential bucket are taken to be spread so that they
// would fill the buckets of any higher resolution evenly (evenly on a
// logarithmic scale); in custom buckets and in the zero bucket they are spread
// evenly.  The zero bucket of a histogram with buckets on one side only ends at
// 0 on the other.  Formulas and special cases are Prometheus' (promql/quantile.go,
// promql/functions.go).
//
// Observations of NaN are in the count but in no bucket; the sum is NaN then.
//
// Threads: pure functions.
#pragma once

#include "tsdb/model/histogram.h"

namespace tidemark::promql {

struct NativeQuantile {
  enum class NaNs {
    kNone,
    kSkew,    // there are some, and they pushed the result up
    kResult,  // the quantile is one of them
  };
  double value = 0;
  NaNs nans = NaNs::kNone;
};

// The value below which a share `q` of the observations lies.
//   -Inf for q < 0, +Inf for q > 1
//   NaN  for q NaN, no observations, or a quantile among NaN observations
NativeQuantile HistogramQuantile(double q, const tsdb::FloatHistogram& h);

struct NativeFraction {
  double value = 0;
  bool nans = false;  // there are NaN observations: part of no fraction
};

// The share of the observations between the bounds; 0 where lower >= upper, NaN
// for a NaN bound or no observations.
NativeFraction HistogramFraction(double lower, double upper, const tsdb::FloatHistogram& h);

// The mean of the squared distances from the mean, each bucket taken at its
// middle: the arithmetic one of custom buckets, the geometric one of exponential
// buckets, 0 of the zero bucket.
double HistogramVariance(const tsdb::FloatHistogram& h);

}  // namespace tidemark::promql
