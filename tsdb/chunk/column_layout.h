// What writer and reader of column chunks share; on disk.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tsdb/chunk/bit_packing.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/rice_rows.h"

namespace tidemark::tsdb {

// Samples in each group of a column chunk but the last.
inline constexpr size_t kGroupSamples = kMostPacked;
inline constexpr size_t kScaledGroupSamples = kMostInRow;
inline constexpr size_t GroupSamples(Codec codec) {
  return codec == Codec::kColumnScaled ? kScaledGroupSamples : kGroupSamples;
}

// The first byte of a group of codecs 3 to 5.
inline constexpr uint8_t kTimeOrderMask = 0x03;   // tsdb/chunk/column_times.h
inline constexpr uint8_t kValueOrderMask = 0x0c;  // of decimals
inline constexpr int kValueOrderShift = 2;
inline constexpr uint8_t kValueExceptions = 0x10;
inline constexpr uint8_t kUnusedHead = 0xe0;

}  // namespace tidemark::tsdb
