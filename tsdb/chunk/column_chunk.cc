#include "tsdb/chunk/column_chunk.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <vector>

#include "tsdb/base/check.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/column_decimals.h"
#include "tsdb/chunk/column_decoder.h"
#include "tsdb/chunk/column_layout.h"
#include "tsdb/chunk/column_times.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/float_layout.h"
#include "tsdb/chunk/scaled_group.h"
#include "tsdb/chunk/value_scale.h"
#include "tsdb/chunk/xor_values.h"

namespace tidemark::tsdb {
namespace {

uint64_t Bits(double v) { return std::bit_cast<uint64_t>(v); }

bool IsConstant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [first = Bits(values[0])](double v) { return Bits(v) == first; });
}

void AppendXor(std::string& out, std::span<const double> values) {
  BitWriter bits;
  WriteXorValues(bits, values);
  out += bits.bytes();
}

class ColumnEncoder {
 public:
  // `scale`: of Codec::kColumnScaled only.
  ColumnEncoder(Codec codec, uint64_t interval, std::optional<ValueScale> scale = std::nullopt)
      : codec_(codec), interval_(interval), scale_(scale) {}

  std::string Encode(std::span<const int64_t> times, std::span<const double> values) const {
    std::string out;
    AppendVarint(out, interval_);
    if (codec_ == Codec::kColumnConstant) AppendDouble(out, values[0]);
    if (scale_) AppendVarint(out, scale_->id());
    AppendGroups(out, 0, times, values);
    return out;
  }

  // `expected`: the time that the first one would have, were it not late.
  void AppendGroups(std::string& out, uint64_t expected, std::span<const int64_t> times,
                    std::span<const double> values) const {
    const size_t most = GroupSamples(codec_);
    for (size_t i = 0; i < times.size(); i += most) {
      const size_t n = std::min(most, times.size() - i);
      const auto first = static_cast<uint64_t>(times[i]);
      AppendZigzag(out, static_cast<int64_t>(first - expected));
      AppendLengthPrefixed(out, Group(times.subspan(i, n), values.subspan(i, n)));
      expected = first + most * interval_;
    }
  }

 private:
  std::string Group(std::span<const int64_t> times, std::span<const double> values) const {
    if (scale_) return ScaledGroup(times, values, interval_, *scale_);
    std::string out(1, '\0');
    out[0] = static_cast<char>(AppendTimes(out, times, interval_));
    if (codec_ == Codec::kColumnXor) AppendXor(out, values);
    return out;
  }

  const Codec codec_;
  const uint64_t interval_;
  const std::optional<ValueScale> scale_;
};

// Keeps of what is written only how much it is.
class BitCounter {
 public:
  void Write(uint64_t, int bits) { bits_ += static_cast<size_t>(bits); }
  size_t bytes() const { return (bits_ + 7) / 8; }

 private:
  size_t bits_ = 0;
};

// What a float chunk of them would take.
size_t FloatChunkBytes(std::span<const int64_t> times, std::span<const double> values) {
  BitCounter bits;
  bits.Write(0, 64);
  bits.Write(0, 64);
  XorWriter writer;
  writer.Start(Bits(values[0]));
  uint64_t delta = 0;
  for (size_t i = 1; i < times.size(); ++i) {
    const uint64_t before = delta;
    delta = static_cast<uint64_t>(times[i]) - static_cast<uint64_t>(times[i - 1]);
    WriteTimeChange(bits, delta - before);
    writer.Append(bits, Bits(values[i]));
  }
  return bits.bytes();
}

// One candidate after the other; the first of the smallest stays.
class Smallest {
 public:
  void Offer(Codec codec, std::string bytes) {
    if (!any_ || bytes.size() < best_.bytes.size()) {
      best_.codec = codec;
      best_.bytes = std::move(bytes);
    }
    any_ = true;
  }
  size_t bytes() const { return best_.bytes.size(); }
  SealedFloats Take(size_t count) {
    best_.count = static_cast<uint32_t>(count);
    return std::move(best_);
  }

 private:
  bool any_ = false;
  SealedFloats best_;
};

}  // namespace

SealedFloats SealFloats(std::span<const int64_t> times, std::span<const double> values) {
  CHECK(!times.empty() && times.size() == values.size(), "a value for each of some times");
  const uint64_t interval = FindInterval(times);
  Smallest best;
  const auto offer = [&](Codec codec, std::optional<ValueScale> scale) {
    best.Offer(codec, ColumnEncoder(codec, interval, scale).Encode(times, values));
  };
  if (IsConstant(values)) {
    offer(Codec::kColumnConstant, std::nullopt);
  } else {
    const std::optional<ValueScale> scale = ValueScale::Find(values);
    if (scale) offer(Codec::kColumnScaled, scale);
    // Decimals take less than half of it, always.
    if (!scale || scale->id() > kMostDecimals) offer(Codec::kColumnXor, std::nullopt);
  }
  // One without groups, where there would be but one.
  if (times.size() <= kGroupSamples && FloatChunkBytes(times, values) < best.bytes()) {
    FloatChunk chunk;
    for (size_t i = 0; i < times.size(); ++i) chunk.Append(times[i], values[i]);
    best.Offer(Codec::kXorFloat, chunk.bytes());
  }
  return best.Take(times.size());
}

namespace {

// A scaled chunk up to its last group, and the samples of that.
struct OpenedChunk {
  uint64_t interval = 0;
  std::optional<ValueScale> scale;
  std::string_view kept;
  uint64_t expected = 0;  // behind them
  std::vector<int64_t> times;
  std::vector<double> values;
};

std::optional<OpenedChunk> Open(const ChunkView& chunk) {
  OpenedChunk out;
  uint64_t id;
  GroupCursor group;
  group.rest = chunk.bytes;
  group.left = chunk.count;
  group.most = kScaledGroupSamples;
  if (!ReadVarint(group.rest, out.interval) || !ReadVarint(group.rest, id)) return std::nullopt;
  out.scale = ValueScale::FromId(id);
  if (!out.scale) return std::nullopt;
  group.interval = out.interval;
  std::string_view behind = group.rest;
  do {
    out.expected = group.expected;
    behind = group.rest;
    if (!group.Advance()) return std::nullopt;
  } while (group.left > 0);
  out.kept = chunk.bytes.substr(0, chunk.bytes.size() - behind.size());
  out.times.resize(group.samples);
  out.values.resize(group.samples);
  out.times[0] = group.first;
  if (!ReadScaledGroup(group.bytes, out.interval, *out.scale, out.times, out.values)) {
    return std::nullopt;
  }
  return out;
}

// Whether all numbers are of the scale; what is none, such as stale markers, is rare.
bool Fits(const ValueScale& scale, std::span<const double> values) {
  size_t others = 0;
  for (const double v : values) {
    int64_t whole;
    if (scale.ToWhole(v, whole)) continue;
    if (std::isfinite(v)) return false;
    ++others;
  }
  return others <= 4 + values.size() / 8;
}

// An interval is found to the millisecond, jitter or not.
bool SameInterval(uint64_t a, uint64_t b) { return a - b + 1 <= 2; }

}  // namespace

std::optional<SealedFloats> ExtendFloats(const ChunkView& chunk, std::span<const int64_t> times,
                                         std::span<const double> values) {
  CHECK(!times.empty() && times.size() == values.size(), "a value for each of some times");
  if (chunk.codec != Codec::kColumnScaled || chunk.count <= kScaledGroupSamples) {
    return std::nullopt;
  }
  std::optional<OpenedChunk> opened = Open(chunk);
  if (!opened || opened->times.back() >= times[0] || !Fits(*opened->scale, values)) {
    return std::nullopt;
  }
  opened->times.insert(opened->times.end(), times.begin(), times.end());
  opened->values.insert(opened->values.end(), values.begin(), values.end());
  if (!SameInterval(FindInterval(opened->times), opened->interval)) return std::nullopt;
  SealedFloats out{Codec::kColumnScaled, chunk.count + static_cast<uint32_t>(times.size()),
                   std::string(opened->kept)};
  ColumnEncoder(Codec::kColumnScaled, opened->interval, opened->scale)
      .AppendGroups(out.bytes, opened->expected, opened->times, opened->values);
  return out;
}

}  // namespace tidemark::tsdb
