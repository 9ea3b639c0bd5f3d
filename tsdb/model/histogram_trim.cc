// The trim operators `</` and `>/`: observations on one side of a value.
//
// Inside the bucket that the value falls into, observations are taken to be
// spread evenly: over values in custom and zero buckets, over their logarithms
// in exponential ones.  The sum becomes that of bucket midpoints.
#include <cmath>
#include <numbers>

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_side.h"

namespace tidemark::tsdb {
namespace {

struct Kept {
  double count = 0;
  double midpoint = 0;  // of the part of the bucket that is kept
};

// What is the same for all buckets of one operation.
struct Trim {
  double value;
  bool upper;   // drop what lies above
  bool linear;  // custom buckets
};

double ZeroIfInfinite(double x) { return std::isinf(x) ? 0 : x; }

double Midpoint(double lower, double upper, bool positive, bool linear) {
  if (std::isinf(lower)) {
    if (std::isinf(upper)) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (std::isinf(upper)) return lower;
  if (linear) return (lower + upper) / 2;
  const double geometric = std::sqrt(std::abs(lower * upper));
  return positive ? geometric : -geometric;
}

// As Go's math.Log2: exact for powers of two, and rounded alike elsewhere.
double Log2(double x) {
  int exponent;
  const double fraction = std::frexp(x, &exponent);
  if (fraction == 0.5) return exponent - 1;
  return std::log(fraction) * (1 / std::numbers::ln2) + exponent;
}

// The share of a finite bucket below a value strictly inside it.
double FractionBelow(const Bucket& b, double value, bool linear) {
  if (linear) return (value - b.lower) / (b.upper - b.lower);
  const double low = Log2(std::abs(b.lower));
  const double high = Log2(std::abs(b.upper));
  const double at = Log2(std::abs(value));
  return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
}

// A bucket from -Inf.  One that ends above 0, which only custom ones do, is
// taken to begin at 0; otherwise nothing is known about its inside.
Kept TrimFromMinusInfinity(const Bucket& b, const Trim& trim) {
  const double value = trim.value;
  const bool finite = !std::isinf(b.upper) || b.upper < 0;
  if (trim.upper) {
    if (value >= b.upper) return {b.count, 0};
    if (value > 0 && b.upper > 0 && finite) return {b.count * value / b.upper, value / 2};
    if (b.upper <= 0) return {b.count, value};
    return {0, ZeroIfInfinite(b.upper)};
  }
  if (value <= b.lower) return {b.count, 0};
  if (value >= 0 && b.upper > value && finite) {
    return {b.count * (1 - value / b.upper), (value + b.upper) / 2};
  }
  return {0, ZeroIfInfinite(b.upper)};
}

// A bucket to +Inf: nothing is known about its inside.
Kept TrimToPlusInfinity(const Bucket& b, const Trim& trim) {
  if (!trim.upper && trim.value >= b.lower) return {b.count, trim.value};
  return {0, ZeroIfInfinite(b.lower)};
}

// A bucket that the value lies in.
Kept TrimInside(const Bucket& b, const Trim& trim, bool positive) {
  if (std::isinf(b.lower) && b.lower < 0) return TrimFromMinusInfinity(b, trim);
  if (std::isinf(b.upper) && b.upper > 0) return TrimToPlusInfinity(b, trim);
  const double below = b.count * FractionBelow(b, trim.value, trim.linear);
  if (trim.upper) return {below, Midpoint(b.lower, trim.value, positive, trim.linear)};
  return {b.count - below, Midpoint(trim.value, b.upper, positive, trim.linear)};
}

Kept TrimBucket(const Bucket& b, const Trim& trim, bool positive) {
  const bool whole = trim.upper ? b.upper <= trim.value : b.lower >= trim.value;
  if (whole) return {b.count, Midpoint(b.lower, b.upper, positive, trim.linear)};
  const bool part = trim.upper ? b.lower < trim.value : b.upper > trim.value;
  return part ? TrimInside(b, trim, positive) : Kept{};
}

// The zero bucket has only the sides that the histogram has observations on.
Kept TrimZeroBucket(const Bucket& zero, const Trim& trim, bool negative, bool positive) {
  const double lower = positive && !negative ? 0 : zero.lower;
  const double upper = negative && !positive ? 0 : zero.upper;
  const double value = trim.value;
  const Kept all{zero.count, (lower + upper) / 2};
  if (value <= lower) return trim.upper ? Kept{} : all;
  if (value >= upper) return trim.upper ? all : Kept{};
  if (trim.upper) {
    return {zero.count * ((value - lower) / (upper - lower)), (lower + value) / 2};
  }
  return {zero.count * ((upper - value) / (upper - lower)), (value + upper) / 2};
}

// Running totals of what is kept.
struct Totals {
  double count = 0;
  double sum = 0;
  bool changed = false;

  // Notes what is kept of a count, and changes it.
  void Keep(const Kept& kept, double& bucket) {
    count += kept.count;
    sum += kept.midpoint * kept.count;
    if (bucket == kept.count) return;
    bucket = kept.count;
    changed = true;
  }
};

// Returns whether the side had any observations.
bool TrimSide(const std::vector<Bucket>& buckets, std::vector<double>& counts, const Trim& trim,
              bool positive, Totals& totals) {
  bool populated = false;
  for (size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i].count == 0) continue;
    populated = true;
    totals.Keep(TrimBucket(buckets[i], trim, positive), counts[i]);
  }
  return populated;
}

}  // namespace

void FloatHistogram::TrimBuckets(double value, bool upper) {
  const Trim trim{value, upper, UsesCustomBuckets()};
  Totals totals;
  const bool positive = TrimSide(PositiveBuckets(), positive_buckets, trim, true, totals);
  const bool negative = TrimSide(NegativeBuckets(), negative_buckets, trim, false, totals);
  if (zero_count > 0) {
    totals.Keep(TrimZeroBucket(ZeroBucket(), trim, negative, positive), zero_count);
  }
  if (!totals.changed) return;
  count = totals.count;
  sum = totals.sum;
  Compact(0);
}

}  // namespace tidemark::tsdb
