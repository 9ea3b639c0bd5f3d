// What writers and readers of histogram chunks share: layouts, the state that each sample
// is told against, and the numbers that are on disk.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/model/histogram.h"

namespace tidemark::tsdb {

// The first byte of a sample.
inline constexpr uint8_t kHasLayout = 0x01;    // a new layout follows the time
inline constexpr uint8_t kFractions = 0x02;    // counts are doubles, not whole numbers
inline constexpr uint8_t kStaleMarker = 0x04;  // nothing follows the time
inline constexpr int kHintShift = 4;           // two bits of CounterResetHint
inline constexpr uint8_t kHintMask = 0x30;
inline constexpr uint8_t kKnownBits = kHasLayout | kFractions | kStaleMarker | kHintMask;

// Counts up to here, and below, are exact as doubles and as integers.
inline constexpr int64_t kMaxWhole = int64_t{1} << 53;

// What the counts of a sample are; on disk in histogram columns.
enum class HistogramKind : uint8_t {
  kWhole = 0,
  kFractions = 1,  // one of them at least
  kStale = 2,      // none: it is a bare marker
};

// The sample before, and what its whole counts are expected to grow by.
struct HistogramState {
  FloatHistogram last;           // of the last sample that was no stale marker
  std::vector<uint64_t> growth;  // by the order of ForEachCount
  bool fractions = false;
  bool has_layout = false;

  // Before a sample with another layout, or with counts of another kind: forgets
  // all numbers.
  void Restart(bool with_fractions);
};

// Calls f(count) for all counts of `h` in the order in which they are stored.
template <typename H, typename F>
void ForEachCount(H& h, F f) {
  f(h.count);
  f(h.zero_count);
  for (auto& bucket : h.positive_buckets) f(bucket);
  for (auto& bucket : h.negative_buckets) f(bucket);
}

// A whole number that a varint can tell: not -0, and not beyond kMaxWhole.
inline bool IsWhole(double v) {
  if (!(v >= -static_cast<double>(kMaxWhole) && v <= static_cast<double>(kMaxWhole))) return false;
  return std::bit_cast<uint64_t>(v) ==
         std::bit_cast<uint64_t>(static_cast<double>(static_cast<int64_t>(v)));
}

// A layout is what numbers need for their meaning: schema, zero threshold, spans
// and custom bounds.
bool SameLayout(const FloatHistogram& a, const FloatHistogram& b);
void AppendLayout(std::string& out, const FloatHistogram& h);
// Fills the layout of `h` and makes room for its buckets, at most `most_buckets`
// on a side.  False where the bytes end or say what no writer says.
bool ReadLayout(std::string_view& in, size_t most_buckets, FloatHistogram& h);
size_t BucketsIn(const std::vector<BucketSpan>& spans);

// As senders and scrapes mark the end: nothing in it but the marker.
bool IsBareMarker(const FloatHistogram& h);
// Whether any count is not whole.
bool HasFractions(const FloatHistogram& h);
HistogramKind KindOf(const FloatHistogram& h);

// Doubles against the one before: a byte that says how many of the eight bytes
// of their XOR are zeros in front (high half) and how many follow (low half);
// what lies behind those is zero.
void AppendXor(std::string& out, double before, double v);
bool ReadXor(std::string_view& in, double& v);  // `v` holds the one before

}  // namespace tidemark::tsdb
