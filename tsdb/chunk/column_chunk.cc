#include "tsdb/chunk/column_chunk.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "tsdb/base/check.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/column_decimals.h"
#include "tsdb/chunk/column_layout.h"
#include "tsdb/chunk/column_times.h"
#include "tsdb/chunk/float_chunk.h"
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
  XorWriter writer;
  bits.Write(Bits(values[0]), 64);
  writer.Start(Bits(values[0]));
  for (const double v : values.subspan(1)) writer.Append(bits, Bits(v));
  out += bits.bytes();
}

class ColumnEncoder {
 public:
  ColumnEncoder(Codec codec, int decimals, uint64_t interval)
      : codec_(codec), decimals_(decimals), interval_(interval) {}

  std::string Encode(std::span<const int64_t> times, std::span<const double> values) const {
    std::string out;
    AppendVarint(out, interval_);
    if (codec_ == Codec::kColumnConstant) AppendDouble(out, values[0]);
    if (codec_ == Codec::kColumnDecimal) out.push_back(static_cast<char>(decimals_));
    uint64_t expected = 0;
    for (size_t i = 0; i < times.size(); i += kGroupSamples) {
      const size_t n = std::min(kGroupSamples, times.size() - i);
      const auto first = static_cast<uint64_t>(times[i]);
      AppendZigzag(out, static_cast<int64_t>(first - expected));
      AppendLengthPrefixed(out, Group(times.subspan(i, n), values.subspan(i, n)));
      expected = first + kGroupSamples * interval_;
    }
    return out;
  }

 private:
  std::string Group(std::span<const int64_t> times, std::span<const double> values) const {
    std::string out(1, '\0');
    int head = AppendTimes(out, times, interval_);
    if (codec_ == Codec::kColumnXor) AppendXor(out, values);
    if (codec_ == Codec::kColumnDecimal) {
      const DecimalForm form = AppendDecimals(out, values, decimals_);
      head |= form.order << kValueOrderShift | (form.exceptions ? kValueExceptions : 0);
    }
    out[0] = static_cast<char>(head);
    return out;
  }

  const Codec codec_;
  const int decimals_;
  const uint64_t interval_;
};

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
  const auto offer = [&](Codec codec, int decimals) {
    best.Offer(codec, ColumnEncoder(codec, decimals, interval).Encode(times, values));
  };
  if (IsConstant(values)) {
    offer(Codec::kColumnConstant, 0);
  } else {
    const std::optional<int> decimals = FindDecimals(values);
    if (decimals) offer(Codec::kColumnDecimal, *decimals);
    offer(Codec::kColumnXor, 0);
  }
  // One without groups, where there would be but one.
  if (times.size() <= kGroupSamples) {
    FloatChunk chunk;
    for (size_t i = 0; i < times.size(); ++i) chunk.Append(times[i], values[i]);
    best.Offer(Codec::kXorFloat, chunk.bytes());
  }
  return best.Take(times.size());
}

}  // namespace tidemark::tsdb
