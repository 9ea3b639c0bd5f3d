#include "tsdb/model/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "tsdb/model/histogram_side.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

bool SameBits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return SameBits(x, y); });
}

// Whether both say the same indices, in whatever pieces.
bool SameIndices(const std::vector<BucketSpan>& a, const std::vector<BucketSpan>& b,
                 const std::vector<double>& counts) {
  if (a == b) return true;
  SideReader left(a, counts), right(b, counts);
  while (true) {
    const bool more = left.Next();
    if (more != right.Next()) return false;
    if (!more) return true;
    if (left.index() != right.index()) return false;
  }
}

bool AnyInfinite(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isinf(v); });
}

}  // namespace

bool FloatHistogram::IsStale() const { return IsStaleNaN(sum); }

void FloatHistogram::Mul(double factor) {
  zero_count *= factor;
  count *= factor;
  sum *= factor;
  for (double& bucket : positive_buckets) bucket *= factor;
  for (double& bucket : negative_buckets) bucket *= factor;
  if (factor < 0) counter_reset_hint = CounterResetHint::kGauge;
}

void FloatHistogram::Div(double divisor) {
  zero_count /= divisor;
  count /= divisor;
  sum /= divisor;
  if (divisor == 0) {
    positive_spans.clear();
    negative_spans.clear();
    positive_buckets.clear();
    negative_buckets.clear();
    return;
  }
  for (double& bucket : positive_buckets) bucket /= divisor;
  for (double& bucket : negative_buckets) bucket /= divisor;
  if (divisor < 0) counter_reset_hint = CounterResetHint::kGauge;
}

bool FloatHistogram::Equals(const FloatHistogram& other) const {
  if (schema != other.schema || !SameBits(count, other.count) || !SameBits(sum, other.sum) ||
      zero_threshold != other.zero_threshold || !SameBits(zero_count, other.zero_count)) {
    return false;
  }
  if (UsesCustomBuckets() && custom_values != other.custom_values) return false;
  return SameBits(positive_buckets, other.positive_buckets) &&
         SameBits(negative_buckets, other.negative_buckets) &&
         SameIndices(positive_spans, other.positive_spans, positive_buckets) &&
         SameIndices(negative_spans, other.negative_spans, negative_buckets);
}

bool FloatHistogram::HasOverflow() const {
  return std::isinf(zero_count) || std::isinf(count) || std::isinf(sum) ||
         AnyInfinite(positive_buckets) || AnyInfinite(negative_buckets) ||
         AnyInfinite(custom_values);
}

size_t FloatHistogram::SizeBytes() const {
  constexpr size_t kFixed = 168;
  const size_t elements = positive_spans.size() + negative_spans.size() + positive_buckets.size() +
                          negative_buckets.size() + custom_values.size();
  return kFixed + elements * 8;
}

}  // namespace tidemark::tsdb
