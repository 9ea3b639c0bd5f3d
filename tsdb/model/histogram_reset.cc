// Whether a histogram, as a counter, was reset between two samples.
#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_bounds.h"
#include "tsdb/model/histogram_custom.h"
#include "tsdb/model/histogram_side.h"
#include "tsdb/model/histogram_zero.h"

namespace tidemark::tsdb {
namespace {

bool AnyBelow(const std::vector<double>& now, const std::vector<double>& before) {
  for (size_t i = 0; i < now.size(); ++i) {
    if (now[i] < before[i]) return true;
  }
  return false;
}

// A bucket went down, or a populated one is gone.
bool SideWasReset(SideReader now, SideReader before) {
  bool more_now = now.Next();
  while (before.Next()) {
    while (more_now && now.index() < before.index()) more_now = now.Next();
    const bool present = more_now && now.index() == before.index();
    if (present ? now.count() < before.count() : before.count() != 0) return true;
  }
  return false;
}

// The same for buckets outside the zero bucket of `h`; `before` is brought to
// the schema of `h` first.
bool ExponentialSideWasReset(const FloatHistogram& h, SideReader now, SideReader before,
                             int32_t schema_before) {
  const Side reduced = schema_before == h.schema
                           ? Side(false)
                           : ReduceSide(before, Side(false), schema_before, h.schema);
  if (schema_before != h.schema) before = SideReader(reduced.spans, reduced.counts);
  return SideWasReset(SkipInsideZero(now, h.schema, h.zero_threshold),
                      SkipInsideZero(before, h.schema, h.zero_threshold));
}

// Compares what both have between the bounds that they share.
bool MismatchedBoundsWereReset(const FloatHistogram& h, const FloatHistogram& previous) {
  const std::vector<double> shared = SharedBounds(h.custom_values, previous.custom_values);
  RebucketedCounts now(shared), before(shared);
  now.Add(h, 1, nullptr);
  before.Add(previous, 1, nullptr);
  return AnyBelow(now.counts, before.counts);
}

// The usual case, decided without looking at an index: nothing about the layout
// changed, and no bucket lies inside the zero bucket.
bool SameLayoutOutsideZero(const FloatHistogram& a, const FloatHistogram& b) {
  if (a.positive_buckets.size() != b.positive_buckets.size() ||
      a.negative_buckets.size() != b.negative_buckets.size() ||
      a.positive_spans != b.positive_spans || a.negative_spans != b.negative_spans ||
      a.schema != b.schema || a.zero_threshold != b.zero_threshold) {
    return false;
  }
  const auto outside = [&](const std::vector<BucketSpan>& spans) {
    return spans.empty() || a.zero_threshold == 0 || a.UsesCustomBuckets() ||
           ExponentialBound(spans[0].offset, a.schema) > a.zero_threshold;
  };
  return outside(a.positive_spans) && outside(a.negative_spans);
}

}  // namespace

bool FloatHistogram::DetectReset(const FloatHistogram& previous) const {
  if (counter_reset_hint == CounterResetHint::kCounterReset) return true;
  if (counter_reset_hint == CounterResetHint::kNotCounterReset) return false;
  if (count < previous.count) return true;
  if (UsesCustomBuckets()) {
    if (!previous.UsesCustomBuckets()) return true;
    if (custom_values != previous.custom_values) return MismatchedBoundsWereReset(*this, previous);
  }
  if (schema > previous.schema || zero_threshold < previous.zero_threshold) return true;
  if (SameLayoutOutsideZero(*this, previous)) {
    return zero_count < previous.zero_count ||
           AnyBelow(positive_buckets, previous.positive_buckets) ||
           AnyBelow(negative_buckets, previous.negative_buckets);
  }
  const SideReader positive(positive_spans, positive_buckets);
  const SideReader positive_before(previous.positive_spans, previous.positive_buckets);
  if (UsesCustomBuckets()) return SideWasReset(positive, positive_before);
  const ZeroBucketTotal zero = WidenedZeroBucket(previous, zero_threshold, nullptr);
  if (zero.threshold != zero_threshold || zero_count < zero.count) return true;
  return ExponentialSideWasReset(*this, positive, positive_before, previous.schema) ||
         ExponentialSideWasReset(*this, {negative_spans, negative_buckets},
                                 {previous.negative_spans, previous.negative_buckets},
                                 previous.schema);
}

}  // namespace tidemark::tsdb
