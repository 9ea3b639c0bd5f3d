#include "tsdb/chunk/histogram_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

// Fewer than of floats: a histogram is a hundred times as large.
constexpr size_t kHistogramBatch = 32;
static_assert(kHistogramBatch <= kDecodeBatch);

}  // namespace

HistogramDecoder::HistogramDecoder(const ChunkView& chunk)
    : size_(chunk.bytes.size()), rest_(chunk.bytes), left_(chunk.count) {
  // A sample takes two bytes at least, so that a false count buys no memory.
  const size_t batch = std::min({size_t{left_}, kHistogramBatch, size_ / 2});
  times_.resize(batch);
  histograms_.resize(batch);
}

bool HistogramDecoder::Next() {
  const size_t wanted = std::min<size_t>(left_, kHistogramBatch);
  size_t n = 0;
  for (; n < wanted && n < times_.size() && ReadSample(histograms_[n]); ++n) {
    times_[n] = static_cast<int64_t>(t_);
    ++read_;
  }
  left_ -= static_cast<uint32_t>(n);
  if (n < wanted) {
    status_ = DataLoss(fmt::format("histogram chunk: sample {} cannot be read at byte {}", read_,
                                   size_ - rest_.size()));
    left_ = 0;
  }
  run_.t = {times_.data(), n};
  run_.h = {histograms_.data(), n};
  return n > 0;
}

bool HistogramDecoder::ReadSample(FloatHistogram& h) {
  uint8_t head;
  if (!ReadBigEndian(rest_, head) || (head & ~kKnownBits) != 0 || !ReadTime()) return false;
  const auto hint = static_cast<CounterResetHint>((head & kHintMask) >> kHintShift);
  if ((head & kStaleMarker) != 0) {
    h = FloatHistogram();
    h.sum = kStaleNaN;
    h.counter_reset_hint = hint;
    return true;
  }
  const bool new_layout = (head & kHasLayout) != 0;
  const bool fractions = (head & kFractions) != 0;
  if (new_layout) {
    // Every bucket takes a byte at least.
    state_.has_layout = ReadLayout(rest_, rest_.size(), state_.last);
  }
  if (!state_.has_layout) return false;
  if (new_layout || fractions != state_.fractions) state_.Restart(fractions);
  if (!ReadNumbers()) return false;
  state_.last.counter_reset_hint = hint;
  h = state_.last;
  return true;
}

bool HistogramDecoder::ReadTime() {
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

bool HistogramDecoder::ReadNumbers() {
  if (!ReadXor(rest_, state_.last.sum)) return false;
  bool good = true;
  size_t i = 0;
  ForEachCount(state_.last, [&](double& count) {
    good = good && (state_.fractions ? ReadXor(rest_, count) : ReadWhole(count, state_.growth[i]));
    ++i;
  });
  return good;
}

bool HistogramDecoder::ReadWhole(double& count, uint64_t& growth) {
  int64_t change;
  if (!ReadZigzag(rest_, change)) return false;
  growth += static_cast<uint64_t>(change);
  const auto whole =
      static_cast<int64_t>(static_cast<uint64_t>(static_cast<int64_t>(count)) + growth);
  if (whole < -kMaxWhole || whole > kMaxWhole) return false;
  count = static_cast<double>(whole);
  return true;
}

}  // namespace tidemark::tsdb
