#include "tsdb/chunk/histogram_cursor.h"

#include <fmt/format.h>

#include <bit>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"

namespace tidemark::tsdb {

bool HistogramCursor::Next() {
  if (left_ == 0) return false;
  if (!ReadSample()) {
    status_ = DataLoss(fmt::format("histogram chunk: sample {} cannot be read at byte {}", read_,
                                   size_ - rest_.size()));
    left_ = 0;
    return false;
  }
  ++read_;
  --left_;
  return true;
}

bool HistogramCursor::ReadSample() {
  uint8_t head;
  if (!ReadBigEndian(rest_, head) || (head & ~kKnownBits) != 0 || !ReadTime()) return false;
  hint_ = static_cast<CounterResetHint>((head & kHintMask) >> kHintShift);
  if ((head & kStaleMarker) != 0) {
    kind_ = HistogramKind::kStale;
    return true;
  }
  const bool new_layout = (head & kHasLayout) != 0;
  const bool fractions = (head & kFractions) != 0;
  if (new_layout) {
    // Every bucket takes a byte at least.
    if (!ReadLayout(rest_, rest_.size(), layout_)) return false;
    ++layouts_;
  }
  if (layouts_ == 0) return false;
  return ReadNumbers(fractions, new_layout || fractions != fractions_);
}

bool HistogramCursor::ReadTime() {
  int64_t change;
  if (!ReadZigzag(rest_, change)) return false;
  const uint64_t before = t_;
  if (read_ == 0) {
    t_ = static_cast<uint64_t>(change);
    return true;
  }
  delta_ += static_cast<uint64_t>(change);
  t_ += delta_;
  return static_cast<int64_t>(t_) > static_cast<int64_t>(before);
}

bool HistogramCursor::ReadNumbers(bool fractions, bool restart) {
  if (restart) {
    const size_t n = 2 + layout_.positive_buckets.size() + layout_.negative_buckets.size();
    counts_.assign(n, 0);
    growth_.assign(n, 0);
    sum_ = 0;
  }
  fractions_ = fractions;
  kind_ = fractions ? HistogramKind::kFractions : HistogramKind::kWhole;
  return ReadXor(rest_, sum_) && (fractions ? ReadFractions() : ReadWhole());
}

bool HistogramCursor::ReadWhole() {
  constexpr auto kMost = static_cast<uint64_t>(kMaxWhole);
  std::string_view in = rest_;
  uint64_t beyond = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    uint64_t change;
    if (!ReadVarint(in, change)) return false;
    growth_[i] += static_cast<uint64_t>(ZigzagDecode(change));
    counts_[i] += growth_[i];
    beyond |= counts_[i] + kMost > 2 * kMost ? 1 : 0;
  }
  rest_ = in;
  return beyond == 0;
}

bool HistogramCursor::ReadFractions() {
  for (uint64_t& count : counts_) {
    auto v = std::bit_cast<double>(count);
    if (!ReadXor(rest_, v)) return false;
    count = std::bit_cast<uint64_t>(v);
  }
  return true;
}

}  // namespace tidemark::tsdb
