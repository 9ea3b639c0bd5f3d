// Sums and differences of histograms.
#include <utility>

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_bounds.h"
#include "tsdb/model/histogram_custom.h"
#include "tsdb/model/histogram_side.h"
#include "tsdb/model/histogram_zero.h"

namespace tidemark::tsdb {
namespace {

// sum += x, compensated where a compensation is kept.
inline void Accumulate(double x, double& sum, double* compensation) {
  if (compensation == nullptr) {
    sum += x;
  } else {
    KahanInc(x, sum, *compensation);
  }
}

// Decides the hint of h + other; true: one says reset, the other not.
bool ReconcileHints(FloatHistogram& h, CounterResetHint other) {
  using Hint = CounterResetHint;
  if (h.counter_reset_hint == other || h.counter_reset_hint == Hint::kGauge) return false;
  if (other == Hint::kGauge) {
    h.counter_reset_hint = Hint::kGauge;
    return false;
  }
  const bool collision = h.counter_reset_hint != Hint::kUnknown && other != Hint::kUnknown;
  h.counter_reset_hint = Hint::kUnknown;
  return collision;
}

// Whether the first bucket ends inside the zero bucket: such leading buckets of
// the right operand do not count.
bool BeginsInsideZero(const std::vector<BucketSpan>& spans, int32_t schema, double threshold) {
  return !spans.empty() && ExponentialBound(spans[0].offset, schema) <= threshold;
}

// Whether buckets can be added position by position.
bool SameLayout(const FloatHistogram& a, const FloatHistogram& b) {
  if (a.schema != b.schema || a.zero_threshold != b.zero_threshold ||
      a.positive_buckets.size() != b.positive_buckets.size() ||
      a.negative_buckets.size() != b.negative_buckets.size() ||
      a.positive_spans != b.positive_spans || a.negative_spans != b.negative_spans) {
    return false;
  }
  if (a.UsesCustomBuckets()) return a.custom_values == b.custom_values;
  return !BeginsInsideZero(b.positive_spans, b.schema, b.zero_threshold) &&
         !BeginsInsideZero(b.negative_spans, b.schema, b.zero_threshold);
}

void AddPositions(std::vector<double>& a, const std::vector<double>& b, double sign,
                  std::vector<double>* compensations) {
  if (compensations == nullptr) {
    for (size_t i = 0; i < a.size(); ++i) a[i] += sign * b[i];
    return;
  }
  for (size_t i = 0; i < a.size(); ++i) KahanInc(sign * b[i], a[i], (*compensations)[i]);
}

// Merges the buckets of `b` into `a`.
void MergeSide(SideRef a, SideReader b, double sign) {
  Side merged = a.NewSide();
  SideReader left = a.Read();
  bool more_left = left.Next();
  while (b.Next()) {
    for (; more_left && left.index() < b.index(); more_left = left.Next()) {
      merged.Add(left.index(), left.count(), left.compensation());
    }
    if (!more_left || left.index() > b.index()) {
      merged.Add(b.index(), sign * b.count(), sign * b.compensation());
      continue;
    }
    double count = left.count();
    double compensation = left.compensation();
    Accumulate(sign * b.count(), count, merged.compensated ? &compensation : nullptr);
    if (b.compensation() != 0) KahanInc(sign * b.compensation(), count, compensation);
    merged.Add(b.index(), count, compensation);
    more_left = left.Next();
  }
  for (; more_left; more_left = left.Next()) {
    merged.Add(left.index(), left.count(), left.compensation());
  }
  a.Assign(std::move(merged));
}

// Merges one side of `other`, from the first bucket that ends outside the zero
// bucket on, into the one of `h`, whose schema is not above other's.
void MergeExponentialSide(FloatHistogram& h, SideRef side, const FloatHistogram& other,
                          SideReader right, double sign) {
  if (other.schema == h.schema) {
    MergeSide(side, SkipInsideZero(right, h.schema, h.zero_threshold), sign);
    return;
  }
  const Side reduced = ReduceSide(right, side.NewSide(), other.schema, h.schema);
  const SideReader at(reduced.spans, reduced.counts, reduced.compensations);
  MergeSide(side, SkipInsideZero(at, h.schema, h.zero_threshold), sign);
}

void MergeExponential(FloatHistogram& h, const FloatHistogram& other, double sign,
                      FloatHistogram* c) {
  SideRef positive = PositiveSide(h, c);
  SideRef negative = NegativeSide(h, c);
  if (other.schema < h.schema) {
    for (SideRef side : {positive, negative}) {
      side.Assign(ReduceSide(side.Read(), side.NewSide(), h.schema, other.schema));
    }
    h.schema = other.schema;
  }
  MergeExponentialSide(h, positive, other, {other.positive_spans, other.positive_buckets}, sign);
  MergeExponentialSide(h, negative, other, {other.negative_spans, other.negative_buckets}, sign);
}

void MergeCustom(FloatHistogram& h, const FloatHistogram& other, double sign, FloatHistogram* c) {
  std::vector<double> shared = SharedBounds(h.custom_values, other.custom_values);
  RebucketedCounts buckets(shared);
  buckets.Add(h, 1, c);
  buckets.Add(other, sign, nullptr);
  SideRef target = PositiveSide(h, c);
  Side side = target.NewSide();
  for (size_t i = 0; i < buckets.counts.size(); ++i) {
    if (buckets.counts[i] == 0 && buckets.compensations[i] == 0) continue;
    side.Add(static_cast<int64_t>(i), buckets.counts[i], buckets.compensations[i]);
  }
  target.Assign(std::move(side));
  h.custom_values = std::move(shared);
}

void MergeBuckets(FloatHistogram& h, const FloatHistogram& other, double sign, FloatHistogram* c,
                  FloatHistogram::Combined& combined) {
  if (!h.UsesCustomBuckets()) {
    MergeExponential(h, other, sign, c);
  } else if (h.custom_values == other.custom_values) {
    MergeSide(PositiveSide(h, c), {other.positive_spans, other.positive_buckets}, sign);
  } else {
    combined.bounds_reconciled = true;
    MergeCustom(h, other, sign, c);
  }
}

void AddSameLayout(FloatHistogram& h, const FloatHistogram& other, double sign, FloatHistogram* c) {
  AddPositions(h.positive_buckets, other.positive_buckets, sign,
               c == nullptr ? nullptr : &c->positive_buckets);
  AddPositions(h.negative_buckets, other.negative_buckets, sign,
               c == nullptr ? nullptr : &c->negative_buckets);
}

void CopyLayout(const FloatHistogram& from, FloatHistogram& to) {
  to.schema = from.schema;
  to.zero_threshold = from.zero_threshold;
  to.positive_spans = from.positive_spans;
  to.negative_spans = from.negative_spans;
  to.custom_values = from.custom_values;
}

StatusOr<FloatHistogram::Combined> Combine(FloatHistogram& h, const FloatHistogram& other,
                                           double sign, FloatHistogram* c) {
  if (h.UsesCustomBuckets() != other.UsesCustomBuckets()) {
    return InvalidArgument(
        "cannot apply this operation on histograms with a mix of exponential and custom bucket "
        "schemas");
  }
  FloatHistogram::Combined combined;
  combined.counter_reset_collision = ReconcileHints(h, other.counter_reset_hint);
  const bool same_layout = SameLayout(h, other);
  if (!h.UsesCustomBuckets()) {
    const ZeroBucketTotal zero = ReconcileZeroBuckets(h, other, c);
    Accumulate(sign * zero.count, h.zero_count, c == nullptr ? nullptr : &c->zero_count);
    if (c != nullptr) KahanInc(sign * zero.compensation, h.zero_count, c->zero_count);
  }
  Accumulate(sign * other.count, h.count, c == nullptr ? nullptr : &c->count);
  Accumulate(sign * other.sum, h.sum, c == nullptr ? nullptr : &c->sum);
  if (same_layout) {
    AddSameLayout(h, other, sign, c);
  } else {
    MergeBuckets(h, other, sign, c, combined);
    if (c != nullptr) CopyLayout(h, *c);
  }
  return combined;
}

}  // namespace

StatusOr<FloatHistogram::Combined> FloatHistogram::Add(const FloatHistogram& other) {
  return Combine(*this, other, 1, nullptr);
}

StatusOr<FloatHistogram::Combined> FloatHistogram::Sub(const FloatHistogram& other) {
  return Combine(*this, other, -1, nullptr);
}

StatusOr<FloatHistogram::Combined> FloatHistogram::KahanAdd(const FloatHistogram& other,
                                                            FloatHistogram& c) {
  return Combine(*this, other, 1, &c);
}

FloatHistogram FloatHistogram::NewCompensation() const {
  FloatHistogram c;
  c.counter_reset_hint = counter_reset_hint;
  CopyLayout(*this, c);
  c.positive_buckets.resize(positive_buckets.size());
  c.negative_buckets.resize(negative_buckets.size());
  return c;
}

}  // namespace tidemark::tsdb
