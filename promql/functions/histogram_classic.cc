#include "promql/functions/histogram_classic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "promql/parser/number_literal.h"

namespace tidemark::promql {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Relative differences below this are taken for rounding.
constexpr double kSmallDelta = 1e-12;

bool AlmostEqual(double a, double b) {
  constexpr double kMinNormal = std::numeric_limits<double>::min();
  const double sum = std::abs(a) + std::abs(b);
  const double diff = std::abs(a - b);
  if (a == 0 || b == 0 || sum < kMinNormal) return diff < kSmallDelta * kMinNormal;
  return diff / std::min(sum, std::numeric_limits<double>::max()) < kSmallDelta;
}

void SortByBound(std::vector<ClassicBucket>& buckets) {
  auto lower = [](const ClassicBucket& a, const ClassicBucket& b) {
    return a.upper_bound < b.upper_bound;
  };
  if (!std::is_sorted(buckets.begin(), buckets.end(), lower)) {
    std::sort(buckets.begin(), buckets.end(), lower);
  }
}

// le="1" and le="1.0" are one bucket with the counts of both.
void MergeEqualBounds(std::vector<ClassicBucket>& buckets) {
  size_t last = 0;
  for (size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].upper_bound == buckets[last].upper_bound) {
      buckets[last].count += buckets[i].count;
    } else {
      buckets[++last] = buckets[i];
    }
  }
  buckets.resize(last + 1);
}

bool EndsAtInfinity(const std::vector<ClassicBucket>& buckets) {
  return buckets.back().upper_bound == kInf;
}

// Cumulative counts can only rise; scrapes that were torn and rates that were
// rounded make them fall.
void ForceMonotonic(std::vector<ClassicBucket>& buckets, ClassicQuantile& report) {
  report.min_bucket = kInf;
  report.max_bucket = -kInf;
  double below = buckets[0].count;
  for (size_t i = 1; i < buckets.size(); ++i) {
    ClassicBucket& bucket = buckets[i];
    if (bucket.count == below) continue;
    const bool rounding = AlmostEqual(below, bucket.count);
    if (!rounding && !(bucket.count < below)) {
      below = bucket.count;
      continue;
    }
    if (!rounding) {
      report.forced_monotonic = true;
      report.min_bucket = std::min(report.min_bucket, bucket.upper_bound);
      report.max_bucket = std::max(report.max_bucket, bucket.upper_bound);
      report.max_diff = std::max(report.max_diff, below - bucket.count);
    }
    bucket.count = below;
  }
}

// For 0 <= q <= 1 and buckets that are in order.
double Interpolate(double q, const std::vector<ClassicBucket>& buckets) {
  const double observations = buckets.back().count;
  if (buckets.size() < 2 || observations == 0) return kNaN;
  double rank = q * observations;
  const auto highest = buckets.end() - 1;
  const auto hit = std::partition_point(buckets.begin(), highest,
                                        [&](const ClassicBucket& b) { return !(b.count >= rank); });
  if (hit == highest) return (highest - 1)->upper_bound;
  if (hit == buckets.begin()) {
    return hit->upper_bound <= 0 ? hit->upper_bound : hit->upper_bound * (rank / hit->count);
  }
  const ClassicBucket& below = *(hit - 1);
  const double share = (rank - below.count) / (hit->count - below.count);
  return below.upper_bound + (hit->upper_bound - below.upper_bound) * share;
}

// The number of observations at or below `v`.
double CountBelow(double v, const std::vector<ClassicBucket>& buckets) {
  double lower = buckets[0].upper_bound <= 0 ? -kInf : 0;
  double below = 0;
  for (const ClassicBucket& bucket : buckets) {
    if (lower >= v) return below;
    if (bucket.upper_bound > v) {
      // Nothing is known of where in (-Inf, upper_bound] observations lie: all
      // count.  Of (lower, +Inf) none does, which the formula gives.
      if (lower == -kInf) return bucket.count;
      return below + (bucket.count - below) * (v - lower) / (bucket.upper_bound - lower);
    }
    lower = bucket.upper_bound;
    below = bucket.count;
  }
  return buckets.back().count;
}

}  // namespace

std::optional<double> ParseUpperBound(std::string_view le) {
  const StatusOr<double> bound = ParseFloat(le);
  return bound.ok() ? std::make_optional(*bound) : std::nullopt;
}

ClassicQuantile BucketQuantile(double q, std::vector<ClassicBucket>& buckets) {
  ClassicQuantile result;
  result.value = kNaN;
  if (std::isnan(q)) return result;
  if (q < 0 || q > 1) {
    result.value = q < 0 ? -kInf : kInf;
    return result;
  }
  SortByBound(buckets);
  if (!EndsAtInfinity(buckets)) return result;
  MergeEqualBounds(buckets);
  ForceMonotonic(buckets, result);
  result.value = Interpolate(q, buckets);
  return result;
}

double BucketFraction(double lower, double upper, std::vector<ClassicBucket>& buckets) {
  SortByBound(buckets);
  if (!EndsAtInfinity(buckets)) return kNaN;
  MergeEqualBounds(buckets);
  const double count = buckets.back().count;
  if (count == 0 || std::isnan(lower) || std::isnan(upper)) return kNaN;
  if (lower >= upper) return 0;
  auto rank = [&](double v) {
    const double below = CountBelow(v, buckets);
    return below > count ? count : below;
  };
  return (rank(upper) - rank(lower)) / count;
}

}  // namespace tidemark::promql
