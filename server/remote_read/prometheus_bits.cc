#include "server/remote_read/prometheus_bits.h"

#include <algorithm>
#include <bit>

namespace tidemark::server {
namespace {

// More leading zeros than that do not fit into their five bits.
constexpr int kMaxLeading = 31;

uint64_t LowBits(uint64_t v, int bits) { return bits == 64 ? v : v & ((uint64_t{1} << bits) - 1); }

bool FitsSigned(int64_t v, int bits) {
  const int64_t most = int64_t{1} << (bits - 1);
  return v > -most && v <= most;
}

// A one for each of `narrower` widths, then a zero unless there is no wider one.
template <typename Fits>
void WriteIn(tsdb::BitWriter& bits, uint64_t v, std::span<const int> widths, Fits fits) {
  if (v == 0) return bits.Write(0, 1);
  uint64_t prefix = 1;
  int prefix_bits = 1;
  for (const int width : widths) {
    prefix <<= 1;
    ++prefix_bits;
    if (fits(width)) {
      bits.Write(prefix, prefix_bits);
      return bits.Write(LowBits(v, width), width);
    }
    prefix |= 1;
  }
  bits.Write(prefix, prefix_bits);
  bits.Write(v, 64);
}

}  // namespace

void WriteSigned(tsdb::BitWriter& bits, int64_t v, std::span<const int> widths) {
  WriteIn(bits, static_cast<uint64_t>(v), widths, [v](int width) { return FitsSigned(v, width); });
}

void WriteUnsigned(tsdb::BitWriter& bits, uint64_t v, std::span<const int> widths) {
  WriteIn(bits, v, widths, [v](int width) { return v >> width == 0; });
}

void WriteUvarint(tsdb::BitWriter& bits, uint64_t v) {
  for (; v >= 0x80; v >>= 7) bits.Write((v & 0x7f) | 0x80, 8);
  bits.Write(v, 8);
}

void WriteVarint(tsdb::BitWriter& bits, int64_t v) {
  WriteUvarint(bits, static_cast<uint64_t>(v) << 1 ^ static_cast<uint64_t>(v >> 63));
}

void XorColumn::WriteFirst(tsdb::BitWriter& bits, double v) {
  last_ = std::bit_cast<uint64_t>(v);
  bits.Write(last_, 64);
}

void XorColumn::Write(tsdb::BitWriter& bits, double v) {
  const uint64_t difference = std::bit_cast<uint64_t>(v) ^ last_;
  last_ = std::bit_cast<uint64_t>(v);
  if (difference == 0) return bits.Write(0, 1);
  const int leading = std::min(std::countl_zero(difference), kMaxLeading);
  const int trailing = std::countr_zero(difference);
  if (leading_ >= 0 && leading >= leading_ && trailing >= trailing_) {
    bits.Write(0b10, 2);
    return bits.Write(difference >> trailing_, 64 - leading_ - trailing_);
  }
  leading_ = leading;
  trailing_ = trailing;
  const int significant = 64 - leading - trailing;
  bits.Write(0b11, 2);
  bits.Write(static_cast<uint64_t>(leading), 5);
  bits.Write(LowBits(static_cast<uint64_t>(significant), 6), 6);  // 64 is written as 0
  bits.Write(difference >> trailing, significant);
}

}  // namespace tidemark::server
