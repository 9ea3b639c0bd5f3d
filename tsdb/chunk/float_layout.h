// The widths that writer and reader of float chunks share; on disk.
#pragma once

#include <cstdint>

namespace tidemark::tsdb {

// Changes of the distance between two times, by the number of ones in front:
// none changes nothing, and so on up to any change.
inline constexpr int kMostOnes = 5;
inline constexpr int kChangeBits[kMostOnes + 1] = {0, 7, 14, 20, 32, 64};

// The window of a changed value: how many zeros are in front of it, and its
// length less one.
inline constexpr int kLeadingBits = 5;
inline constexpr int kLengthBits = 6;
inline constexpr int kMostLeading = 31;

// The number whose low `bits` (1 to 64), in two's complement, are `v`.
inline uint64_t SignExtend(uint64_t v, int bits) {
  const int unused = 64 - bits;
  return static_cast<uint64_t>(static_cast<int64_t>(v << unused) >> unused);
}

inline bool FitsSigned(uint64_t v, int bits) { return SignExtend(v, bits) == v; }

// Writes one of the changes, modulo 2^64.  `bits`: what counts or keeps them.
template <typename Bits>
void WriteTimeChange(Bits& bits, uint64_t change) {
  if (change == 0) {
    bits.Write(0, 1);
    return;
  }
  int ones = 1;
  while (!FitsSigned(change, kChangeBits[ones])) ++ones;
  // All prefixes but the last end with a zero.
  const uint64_t prefix = (uint64_t{1} << ones) - 1;
  if (ones < kMostOnes) {
    bits.Write(prefix << 1, ones + 1);
  } else {
    bits.Write(prefix, ones);
  }
  const int width = kChangeBits[ones];
  bits.Write(width == 64 ? change : change & ((uint64_t{1} << width) - 1), width);
}

}  // namespace tidemark::tsdb
