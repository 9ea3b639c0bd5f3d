#include "tsdb/model/histogram_side.h"

#include <utility>

#include "tsdb/base/check.h"
#include "tsdb/model/histogram_bounds.h"

namespace tidemark::tsdb {
namespace {

// Whether CompactSide would change nothing.
bool IsCompact(const SideRef& side, int max_empty) {
  if (side.compensations != nullptr) return false;
  for (const double count : side.counts) {
    if (count == 0) return false;
  }
  for (size_t i = 0; i < side.spans.size(); ++i) {
    if (side.spans[i].length == 0) return false;
    if (i > 0 && side.spans[i].offset <= max_empty) return false;
  }
  return true;
}

}  // namespace

bool SideReader::Next() {
  ++index_;
  while (left_in_span_ == 0) {
    if (next_span_ == spans_.size()) return false;
    const BucketSpan& span = spans_[next_span_];
    if (next_span_ > 0 && span.offset < 0) {
      next_span_ = spans_.size();
      return false;
    }
    // The first span counts from 0, where index_ stands already.
    index_ += span.offset;
    left_in_span_ = span.length;
    ++next_span_;
  }
  --left_in_span_;
  ++position_;
  return position_ < counts_.size();
}

void Side::Add(int64_t index, double count, double compensation) {
  if (!counts.empty() && index == end - 1) {
    if (!compensated) {
      counts.back() += count;
      return;
    }
    KahanInc(count, counts.back(), compensations.back());
    KahanInc(compensation, counts.back(), compensations.back());
    return;
  }
  CHECK(counts.empty() || index >= end, "buckets of one side ascend");
  if (counts.empty() || index > end) {
    const int64_t gap = counts.empty() ? index : index - end;
    spans.push_back({static_cast<int32_t>(gap), 0});
  }
  ++spans.back().length;
  counts.push_back(count);
  if (compensated) compensations.push_back(compensation);
  end = index + 1;
}

void SideRef::Assign(Side side) {
  spans = std::move(side.spans);
  counts = std::move(side.counts);
  if (compensations != nullptr) *compensations = std::move(side.compensations);
}

SideRef PositiveSide(FloatHistogram& h, FloatHistogram* c) {
  return {h.positive_spans, h.positive_buckets, c == nullptr ? nullptr : &c->positive_buckets};
}

SideRef NegativeSide(FloatHistogram& h, FloatHistogram* c) {
  return {h.negative_spans, h.negative_buckets, c == nullptr ? nullptr : &c->negative_buckets};
}

Side ReduceSide(SideReader reader, Side target, int32_t schema, int32_t target_schema) {
  while (reader.Next()) {
    target.Add(IndexAtSchema(reader.index(), schema, target_schema), reader.count(),
               reader.compensation());
  }
  return target;
}

void CompactSide(SideRef side, int max_empty) {
  if (IsCompact(side, max_empty)) return;
  Side compact = side.NewSide();
  for (SideReader reader = side.Read(); reader.Next();) {
    if (reader.count() == 0 && reader.compensation() == 0) continue;
    if (!compact.counts.empty() && reader.index() - compact.end <= max_empty) {
      for (int64_t gap = compact.end; gap < reader.index(); ++gap) compact.Add(gap, 0);
    }
    compact.Add(reader.index(), reader.count(), reader.compensation());
  }
  side.Assign(std::move(compact));
}

}  // namespace tidemark::tsdb
