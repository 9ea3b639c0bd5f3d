#include "tsdb/model/histogram_zero.h"

#include <cmath>

#include "tsdb/model/histogram_bounds.h"

namespace tidemark::tsdb {
namespace {

// Adds the buckets that begin below total.threshold.  False: the threshold had
// to move, and all is to be done again.
bool Absorb(SideReader reader, int32_t schema, ZeroBucketTotal& total) {
  while (reader.Next()) {
    if (ExponentialBound(reader.index() - 1, schema) >= total.threshold) return true;
    KahanInc(reader.count(), total.count, total.compensation);
    KahanInc(reader.compensation(), total.count, total.compensation);
    const double end = ExponentialBound(reader.index(), schema);
    if (end <= total.threshold) continue;
    if (reader.count() == 0) return true;
    total.threshold = end;
    return false;
  }
  return true;
}

SideReader Reader(const std::vector<BucketSpan>& spans, const std::vector<double>& counts,
                  const std::vector<double>* compensations) {
  return compensations == nullptr ? SideReader(spans, counts)
                                  : SideReader(spans, counts, *compensations);
}

// Drops the buckets that the zero bucket, which ends at a bound, includes.
void DropInsideZero(SideRef side, int32_t schema, double threshold) {
  for (SideReader at = side.Read(); at.Next();) {
    if (ExponentialBound(at.index() - 1, schema) >= threshold) break;
    side.counts[at.position()] = 0;
    if (side.compensations != nullptr) (*side.compensations)[at.position()] = 0;
  }
  CompactSide(side, 0);
}

void WidenZeroBucket(FloatHistogram& h, double threshold, FloatHistogram* c) {
  const ZeroBucketTotal total = WidenedZeroBucket(h, threshold, c);
  h.zero_count = total.count;
  h.zero_threshold = total.threshold;
  if (c != nullptr) c->zero_count = total.compensation;
  DropInsideZero(PositiveSide(h, c), h.schema, h.zero_threshold);
  DropInsideZero(NegativeSide(h, c), h.schema, h.zero_threshold);
}

}  // namespace

ZeroBucketTotal WidenedZeroBucket(const FloatHistogram& h, double threshold,
                                  const FloatHistogram* c) {
  ZeroBucketTotal total;
  total.threshold = threshold;
  bool settled;
  do {
    total.count = h.zero_count;
    total.compensation = c == nullptr ? 0 : c->zero_count;
    if (total.threshold == h.zero_threshold) return total;
    settled = Absorb(Reader(h.positive_spans, h.positive_buckets,
                            c == nullptr ? nullptr : &c->positive_buckets),
                     h.schema, total) &&
              Absorb(Reader(h.negative_spans, h.negative_buckets,
                            c == nullptr ? nullptr : &c->negative_buckets),
                     h.schema, total);
  } while (!settled);
  return total;
}

ZeroBucketTotal ReconcileZeroBuckets(FloatHistogram& h, const FloatHistogram& other,
                                     FloatHistogram* c) {
  ZeroBucketTotal of_other{other.zero_count, other.zero_threshold, 0};
  // NaN, which Validate refuses, would never become equal to anything.
  while (h.zero_threshold < of_other.threshold || h.zero_threshold > of_other.threshold) {
    if (h.zero_threshold > of_other.threshold) {
      of_other = WidenedZeroBucket(other, h.zero_threshold, nullptr);
    }
    if (of_other.threshold > h.zero_threshold) WidenZeroBucket(h, of_other.threshold, c);
  }
  return of_other;
}

SideReader SkipInsideZero(SideReader reader, int32_t schema, double threshold) {
  if (threshold == 0) return reader;
  SideReader next = reader;
  while (next.Next() && ExponentialBound(next.index(), schema) <= threshold) reader = next;
  return reader;
}

}  // namespace tidemark::tsdb
