// XorWriter, XorReader: doubles as the XOR with the one before, in a window of
// the bits that change (Gorilla: Pelkonen et al., VLDB 2015).  The first value
// is not theirs: it is passed to Start.  Layout: docs/formats.md, float chunk.
//
// WriteXorValues, ReadXorValues: a row of them, the first one as it is.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/float_layout.h"

namespace tidemark::tsdb {

class XorWriter {
 public:
  // `v`: the bits of the value that the next one is told against.
  void Start(uint64_t v) {
    last_ = v;
    leading_ = kNoWindow;
    trailing_ = 0;
  }

  // `bits`: a BitWriter or a BitPacker.
  template <typename Bits>
  void Append(Bits& bits, uint64_t v) {
    const uint64_t change = v ^ last_;
    last_ = v;
    if (change == 0) {
      bits.Write(0b0, 1);
      return;
    }
    const int leading = std::min(std::countl_zero(change), kMostLeading);
    const int trailing = std::countr_zero(change);
    const bool fits = leading_ != kNoWindow && leading >= leading_ && trailing >= trailing_;
    if (!fits) {
      leading_ = static_cast<uint8_t>(leading);
      trailing_ = static_cast<uint8_t>(trailing);
      bits.Write(0b11, 2);
      bits.Write(leading_, kLeadingBits);
      bits.Write(static_cast<uint64_t>(64 - leading - trailing - 1), kLengthBits);
    } else {
      bits.Write(0b10, 2);
    }
    bits.Write(change >> trailing_, 64 - leading_ - trailing_);
  }

  uint64_t last() const { return last_; }

 private:
  static constexpr uint8_t kNoWindow = 0xff;

  uint64_t last_ = 0;
  uint8_t leading_ = kNoWindow;  // zeros before, and after, the bits of the last
  uint8_t trailing_ = 0;         // XOR that was written with its window
};

class XorReader {
 public:
  void Start(uint64_t v) {
    v_ = v;
    length_ = 0;
  }

  // False, with nothing sensible in value(), where the bits end or say what no
  // writer says.
  bool Read(BitReader& bits) {
    int ones;
    if (!bits.ReadOnes(2, ones)) return false;
    if (ones == 0) return true;
    if (ones == 2 && !ReadWindow(bits)) return false;
    uint64_t change;
    if (length_ == 0 || !bits.Read(length_, change)) return false;
    v_ ^= change << (64 - leading_ - length_);
    return true;
  }

  uint64_t value() const { return v_; }

 private:
  bool ReadWindow(BitReader& bits) {
    uint64_t leading, length;
    if (!bits.Read(kLeadingBits, leading) || !bits.Read(kLengthBits, length)) return false;
    leading_ = static_cast<int>(leading);
    length_ = static_cast<int>(length) + 1;
    return leading_ + length_ <= 64;
  }

  uint64_t v_ = 0;
  int leading_ = 0;
  int length_ = 0;  // of the window; 0: none yet
};

// At least one value.  `bits`: a BitWriter or a BitPacker.
template <typename Bits>
void WriteXorValues(Bits& bits, std::span<const double> values) {
  XorWriter writer;
  const auto first = std::bit_cast<uint64_t>(values[0]);
  bits.Write(first, 64);
  writer.Start(first);
  for (const double v : values.subspan(1)) writer.Append(bits, std::bit_cast<uint64_t>(v));
}

// Fills `values`; false where the bits end or say what no writer says, as that there
// are none.
inline bool ReadXorValues(BitReader& bits, std::span<double> values) {
  XorReader reader;
  uint64_t first;
  if (values.empty() || !bits.Read(64, first)) return false;
  reader.Start(first);
  values[0] = std::bit_cast<double>(first);
  for (double& v : values.subspan(1)) {
    if (!reader.Read(bits)) return false;
    v = std::bit_cast<double>(reader.value());
  }
  return true;
}

}  // namespace tidemark::tsdb
