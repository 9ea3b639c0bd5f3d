#include "promql/functions/histogram_native.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tsdb/model/kahan.h"

namespace tidemark::promql {
namespace {

using tsdb::Bucket;
using tsdb::FloatHistogram;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool SpansZero(const Bucket& b) { return b.lower <= 0 && b.upper >= 0; }

// Without observations below zero the zero bucket starts at 0; without any above
// it ends there.
void ClampZeroBucket(const FloatHistogram& h, Bucket& b) {
  if (h.negative_buckets.empty() && !h.positive_buckets.empty()) {
    b.lower = 0;
  } else if (h.positive_buckets.empty() && !h.negative_buckets.empty()) {
    b.upper = 0;
  }
}

// Between the bounds of an exponential bucket, `fraction` of the way up.
double ExponentialPoint(const Bucket& b, double fraction) {
  const double lower = std::log2(std::abs(b.lower));
  const double upper = std::log2(std::abs(b.upper));
  if (b.lower > 0) return std::exp2(lower + (upper - lower) * fraction);
  return -std::exp2(upper + (lower - upper) * (1 - fraction));
}

// The inverse: which fraction of the bucket lies at or below `v`.
double ExponentialFraction(const Bucket& b, double v) {
  const double lower = std::log2(std::abs(b.lower));
  const double upper = std::log2(std::abs(b.upper));
  const double at = std::log2(std::abs(v));
  return v > 0 ? (at - lower) / (upper - lower) : 1 - (at - upper) / (lower - upper);
}

// Where a quantile falls.
struct Hit {
  Bucket bucket;
  double count = 0;  // of this bucket and of those before it
  double rank = 0;   // what was looked for
};

// From whichever end is nearer, which is the more precise one; with NaN
// observations (above all buckets) only the lower end is known.
template <typename Iterator>
Hit Find(Iterator begin, Iterator end, double rank) {
  Hit hit;
  hit.rank = rank;
  for (Iterator it = begin; it != end; ++it) {
    hit.bucket = *it;
    hit.count += it->count;
    if (it->count != 0 && hit.count >= rank) break;
  }
  return hit;
}

// A bucket's total past which no NaN observation is left.
bool HasNaNObservations(const FloatHistogram& h, const std::vector<Bucket>& buckets) {
  if (!std::isnan(h.sum)) return false;
  double count = 0;
  for (const Bucket& b : buckets) count += b.count;
  return count < h.count;
}

double Interpolate(const FloatHistogram& h, const Bucket& b, double fraction) {
  if (h.UsesCustomBuckets() || SpansZero(b)) return b.lower + (b.upper - b.lower) * fraction;
  return ExponentialPoint(b, fraction);
}

// The number of observations at or below `v`.
double CountBelow(const FloatHistogram& h, const std::vector<Bucket>& buckets, double v) {
  double below = 0;
  for (Bucket b : buckets) {
    const bool zero = SpansZero(b);
    if (zero) ClampZeroBucket(h, b);
    if (b.lower >= v) return below;
    if (b.upper > v) {
      // Nothing is known of where in (-Inf, upper] observations lie: all count.
      // Of (lower, +Inf) none does, which the formula gives.
      if (!h.UsesCustomBuckets() && !zero) return below + b.count * ExponentialFraction(b, v);
      if (b.lower == -kInf) return b.count;
      return below + b.count * ((v - b.lower) / (b.upper - b.lower));
    }
    below += b.count;
  }
  return kInf;
}

double MiddleOf(const FloatHistogram& h, const Bucket& b) {
  if (h.UsesCustomBuckets()) return (b.upper + b.lower) / 2;
  if (SpansZero(b)) return 0;
  const double middle = std::sqrt(b.upper * b.lower);
  return b.upper < 0 ? -middle : middle;
}

}  // namespace

NativeQuantile HistogramQuantile(double q, const FloatHistogram& h) {
  if (q < 0) return {-kInf};
  if (q > 1) return {kInf};
  if (h.count == 0 || std::isnan(q)) return {kNaN};

  const std::vector<Bucket> buckets = h.AllBuckets();
  const bool upwards = std::isnan(h.sum) || q < 0.5;
  Hit hit = upwards ? Find(buckets.begin(), buckets.end(), q * h.count)
                    : Find(buckets.rbegin(), buckets.rend(), (1 - q) * h.count);
  Bucket& b = hit.bucket;
  if (!h.UsesCustomBuckets()) {
    if (b.lower < 0 && b.upper > 0) ClampZeroBucket(h, b);
  } else if (b.lower == -kInf) {
    if (b.upper <= 0) return {b.upper};
    b.lower = 0;
  } else if (b.upper == kInf) {
    return {b.lower};
  }
  const double count = std::min(hit.count, h.count);
  if (count < hit.rank) {
    if (std::isnan(h.sum)) return {kNaN, NativeQuantile::NaNs::kResult};
    return {b.upper};
  }
  const double inside = upwards ? hit.rank - (count - b.count) : count - hit.rank;
  const auto nans =
      HasNaNObservations(h, buckets) ? NativeQuantile::NaNs::kSkew : NativeQuantile::NaNs::kNone;
  return {Interpolate(h, b, inside / b.count), nans};
}

NativeFraction HistogramFraction(double lower, double upper, const FloatHistogram& h) {
  if (h.count == 0 || std::isnan(lower) || std::isnan(upper)) return {kNaN};
  if (lower >= upper) return {0};
  const std::vector<Bucket> buckets = h.AllBuckets();
  double count = h.count;
  if (std::isnan(h.sum)) {
    count = 0;
    for (const Bucket& b : buckets) count += b.count;
  }
  const double upper_rank = std::min(CountBelow(h, buckets, upper), count);
  const double lower_rank = std::min(CountBelow(h, buckets, lower), count);
  return {(upper_rank - lower_rank) / h.count, count < h.count};
}

double HistogramVariance(const FloatHistogram& h) {
  const double mean = h.sum / h.count;
  double sum = 0;
  double lost = 0;
  for (const Bucket& b : h.AllBuckets()) {
    if (b.count == 0) continue;
    const double delta = MiddleOf(h, b) - mean;
    tsdb::KahanInc(b.count * delta * delta, sum, lost);
  }
  return (sum + lost) / h.count;
}

}  // namespace tidemark::promql
