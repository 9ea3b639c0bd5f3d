#include "tsdb/chunk/histogram_table.h"

#include <algorithm>
#include <bit>

namespace tidemark::tsdb {
namespace {

// Beside the samples of a column, so that columns of a full group do not all fall
// on the same lines of the cache.
constexpr size_t kPadding = 8;

// What Clear keeps: a full run of 200 buckets.
constexpr size_t kMostKeptNumbers = 1 << 17;

}  // namespace

void HistogramTable::Clear(size_t samples) {
  if (numbers_.size() > kMostKeptNumbers) *this = HistogramTable();
  expected_ = samples;
  groups_.clear();
  used_layouts_ = 0;
  times_.clear();
  hints_.clear();
  sums_.clear();
  counts_.clear();
  used_ = 0;
}

void HistogramTable::AddLayout(const FloatHistogram& layout) {
  if (used_layouts_ == layouts_.size()) {
    layouts_.push_back(layout);
  } else {
    layouts_[used_layouts_] = layout;
  }
  ++used_layouts_;
}

HistogramGroup& HistogramTable::Open(HistogramKind kind, const FloatHistogram& layout,
                                     bool same_layout) {
  const bool stale = kind == HistogramKind::kStale;
  if (!stale && !same_layout) {
    same_layout = used_layouts_ > 0 && SameLayout(layouts_[used_layouts_ - 1], layout);
    if (!same_layout) AddLayout(layout);
  }
  if (!groups_.empty()) {
    HistogramGroup& last = groups_.back();
    if (last.kind == kind && last.samples < kGroupSamples && (stale || same_layout)) return last;
  }
  HistogramGroup& group = groups_.emplace_back();
  group.kind = kind;
  group.first = times_.size();
  if (stale) return group;
  group.layout = used_layouts_ - 1;
  group.columns = 1 + layout.positive_buckets.size() + layout.negative_buckets.size();
  const size_t left = expected_ > times_.size() ? expected_ - times_.size() : kGroupSamples;
  group.stride = std::min(left, kGroupSamples) + kPadding;
  group.at = used_;
  used_ += group.columns * group.stride;
  if (numbers_.size() < used_) numbers_.resize(used_);
  return group;
}

uint64_t* HistogramTable::AddSample(HistogramGroup& group, int64_t t, CounterResetHint hint,
                                    double sum) {
  times_.push_back(t);
  hints_.push_back(hint);
  sums_.push_back(sum);
  const size_t place = group.at + group.samples++;
  return group.columns == 0 ? nullptr : numbers_.data() + place;
}

void HistogramTable::Add(int64_t t, const FloatHistogram& h) {
  const HistogramKind kind = KindOf(h);
  HistogramGroup& group = Open(kind, h, false);
  uint64_t* out = AddSample(group, t, h.counter_reset_hint, h.sum);
  const auto number = [kind](double v) {
    return kind == HistogramKind::kWhole ? static_cast<uint64_t>(static_cast<int64_t>(v))
                                         : std::bit_cast<uint64_t>(v);
  };
  counts_.push_back(number(h.count));
  if (kind == HistogramKind::kStale) return;
  *out = number(h.zero_count);
  for (const double bucket : h.positive_buckets) *(out += group.stride) = number(bucket);
  for (const double bucket : h.negative_buckets) *(out += group.stride) = number(bucket);
}

bool HistogramTable::AddChunk(const ChunkView& chunk) {
  HistogramCursor cursor(chunk);
  uint64_t layouts = 0;  // that the table has seen
  while (cursor.Next()) {
    if (!times_.empty() && cursor.t() <= times_.back()) return false;
    Add(cursor, cursor.layouts() == layouts);
    if (cursor.kind() != HistogramKind::kStale) layouts = cursor.layouts();
  }
  return cursor.status().ok();
}

void HistogramTable::Add(const HistogramCursor& cursor, bool same_layout) {
  HistogramGroup& group = Open(cursor.kind(), cursor.layout(), same_layout);
  uint64_t* out = AddSample(group, cursor.t(), cursor.hint(), cursor.sum());
  if (cursor.kind() == HistogramKind::kStale) {
    counts_.push_back(0);
    return;
  }
  const std::span<const uint64_t> counts = cursor.counts();
  counts_.push_back(counts[0]);
  const size_t stride = group.stride;
  for (const uint64_t v : counts.subspan(1)) {
    *out = v;
    out += stride;
  }
}

}  // namespace tidemark::tsdb
