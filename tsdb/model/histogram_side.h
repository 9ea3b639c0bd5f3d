// One side (positive or negative) of a histogram as a sequence of buckets in
// ascending index: what the arithmetic of histograms is made of.  Private to
// tsdb/model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tsdb/model/histogram.h"
#include "tsdb/model/kahan.h"

namespace tidemark::tsdb {

// Walks spans and counts together, and stops where either of them ends or spans
// overlap, so that a histogram that was never validated is no danger.
//
//   for (SideReader r(h.positive_spans, h.positive_buckets); r.Next();) Use(r.index(), r.count());
class SideReader {
 public:
  SideReader(std::span<const BucketSpan> spans, std::span<const double> counts,
             std::span<const double> compensations = {})
      : spans_(spans), counts_(counts), compensations_(compensations) {}

  bool Next();
  int64_t index() const { return index_; }
  size_t position() const { return position_; }  // in counts
  double count() const { return counts_[position_]; }
  double compensation() const {
    return position_ < compensations_.size() ? compensations_[position_] : 0;
  }

 private:
  std::span<const BucketSpan> spans_;
  std::span<const double> counts_;
  std::span<const double> compensations_;
  size_t next_span_ = 0;
  uint32_t left_in_span_ = 0;
  size_t position_ = static_cast<size_t>(-1);
  int64_t index_ = -1;
};

// Spans and counts of one side being made; with compensations beside the counts
// where the sum is a compensated one.
struct Side {
  explicit Side(bool compensated) : compensated(compensated) {}

  // Appends a bucket; `index` must not be below the last one's.  At the last
  // one's index, the counts are added up.
  void Add(int64_t index, double count, double compensation = 0);

  bool compensated;
  std::vector<BucketSpan> spans;
  std::vector<double> counts;
  std::vector<double> compensations;
  int64_t end = 0;  // the index after the last bucket
};

// A side where a histogram, and maybe its compensation, holds it.
struct SideRef {
  std::vector<BucketSpan>& spans;
  std::vector<double>& counts;
  std::vector<double>* compensations;  // may be null

  SideReader Read() const {
    return compensations == nullptr ? SideReader(spans, counts)
                                    : SideReader(spans, counts, *compensations);
  }
  Side NewSide() const { return Side(compensations != nullptr); }
  void Assign(Side side);
};

// The sides of `h`; of `c` only the compensations (null: none).
SideRef PositiveSide(FloatHistogram& h, FloatHistogram* c = nullptr);
SideRef NegativeSide(FloatHistogram& h, FloatHistogram* c = nullptr);

// The same buckets at a lower (or equal) schema.
Side ReduceSide(SideReader reader, Side target, int32_t schema, int32_t target_schema);

// Drops buckets whose count (and compensation) is 0, but for gaps of up to
// `max_empty` between others.
void CompactSide(SideRef side, int max_empty);

}  // namespace tidemark::tsdb
