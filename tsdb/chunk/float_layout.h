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

}  // namespace tidemark::tsdb
