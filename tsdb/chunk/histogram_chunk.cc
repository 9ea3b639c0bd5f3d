#include "tsdb/chunk/histogram_chunk.h"

#include <algorithm>
#include <utility>

#include "tsdb/base/check.h"
#include "tsdb/base/varint.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

void CopyLayout(const FloatHistogram& from, FloatHistogram& to) {
  to = from;
  to.counter_reset_hint = CounterResetHint::kUnknown;
}

}  // namespace

void HistogramChunk::Append(int64_t t, const FloatHistogram& h) {
  CHECK(empty() || t > last_t_, "samples of a chunk ascend in time");
  CHECK(BucketsIn(h.positive_spans) == h.positive_buckets.size() &&
            BucketsIn(h.negative_spans) == h.negative_buckets.size(),
        "a histogram whose spans and buckets disagree is not appended");
  last_is_stale_ = IsBareMarker(h);
  auto head = static_cast<uint8_t>(static_cast<uint8_t>(h.counter_reset_hint) << kHintShift);
  if (last_is_stale_) {
    stale_hint_ = h.counter_reset_hint;
    bytes_.push_back(static_cast<char>(head | kStaleMarker));
    AppendTime(t);
    return;
  }
  const bool new_layout = !state_.has_layout || !SameLayout(state_.last, h);
  const bool fractions = HasFractions(h);
  if (new_layout) head |= kHasLayout;
  if (fractions) head |= kFractions;
  bytes_.push_back(static_cast<char>(head));
  AppendTime(t);
  if (new_layout) {
    AppendLayout(bytes_, h);
    CopyLayout(h, state_.last);
    state_.has_layout = true;
  }
  if (new_layout || fractions != state_.fractions) state_.Restart(fractions);
  AppendNumbers(h);
}

void HistogramChunk::AppendTime(int64_t t) {
  const uint64_t delta = static_cast<uint64_t>(t) - static_cast<uint64_t>(last_t_);
  if (empty()) {
    min_t_ = t;
    AppendZigzag(bytes_, t);
  } else {
    AppendZigzag(bytes_, static_cast<int64_t>(delta - last_delta_));
    last_delta_ = delta;
  }
  last_t_ = t;
  ++count_;
}

void HistogramChunk::AppendNumbers(const FloatHistogram& h) {
  FloatHistogram& last = state_.last;
  last.counter_reset_hint = h.counter_reset_hint;
  AppendXor(bytes_, last.sum, h.sum);
  last.sum = h.sum;
  if (state_.fractions) {
    AppendCounts(h, [this](double& before, double count) { AppendXor(bytes_, before, count); });
    return;
  }
  VarintAppender out(bytes_);
  uint64_t* grew = state_.growth.data();
  AppendCounts(h, [&out, &grew](double& before, double count) {
    const auto growth = static_cast<uint64_t>(static_cast<int64_t>(count)) -
                        static_cast<uint64_t>(static_cast<int64_t>(before));
    out.AddZigzag(static_cast<int64_t>(growth - *grew));
    *grew++ = growth;
  });
}

// Calls append(before, count) for all counts in the order of ForEachCount, and
// remembers them.
template <typename F>
void HistogramChunk::AppendCounts(const FloatHistogram& h, const F& append_one) {
  FloatHistogram& last = state_.last;
  const auto append = [&append_one](double& before, double count) {
    append_one(before, count);
    before = count;
  };
  append(last.count, h.count);
  append(last.zero_count, h.zero_count);
  for (size_t k = 0; k < h.positive_buckets.size(); ++k) {
    append(last.positive_buckets[k], h.positive_buckets[k]);
  }
  for (size_t k = 0; k < h.negative_buckets.size(); ++k) {
    append(last.negative_buckets[k], h.negative_buckets[k]);
  }
}

FloatHistogram HistogramChunk::last_h() const {
  if (!last_is_stale_) return state_.last;
  FloatHistogram marker;
  marker.sum = kStaleNaN;
  marker.counter_reset_hint = stale_hint_;
  return marker;
}

size_t HistogramChunk::SizeBytes() const {
  return sizeof(*this) + bytes_.capacity() + state_.last.SizeBytes() +
         state_.growth.capacity() * sizeof(uint64_t);
}

std::string HistogramChunk::Take() {
  std::string bytes = std::exchange(bytes_, {});
  Clear();
  return bytes;
}

void HistogramChunk::Clear() {
  bytes_.clear();
  count_ = 0;
  last_delta_ = 0;
  state_.has_layout = false;
}

}  // namespace tidemark::tsdb
