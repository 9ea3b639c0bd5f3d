// TierColumns: the windows of a tier block as columns of numbers, and how these are
// written.  Private to tsdb/tier/tier_block.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tsdb/chunk/bit_packer.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/value_scale.h"

namespace tidemark::tsdb {

struct TierColumns {
  static constexpr size_t kMost = 32;
  using Numbers = std::array<uint64_t, kMost>;
  using Doubles = std::array<double, kMost>;

  // Flags of a window; on disk.
  static constexpr uint64_t kFloats = 1;
  static constexpr uint64_t kHistograms = 2;
  static constexpr uint64_t kStale = 4;
  static constexpr uint64_t kOverflowed = 8;
  static constexpr uint64_t kAllFlags = 15;
  // Flags of a window's histograms; on disk.
  static constexpr uint64_t kFirstIsReset = 1;
  static constexpr uint64_t kCorrection = 2;
  static constexpr uint64_t kResetHint = 4;
  static constexpr uint64_t kNoResetHint = 8;
  static constexpr uint64_t kRawOnly = 16;
  static constexpr uint64_t kAllHistogramFlags = 31;

  // By window.
  size_t windows = 0;
  Numbers end;  // in windows since 1970
  Numbers flags;
  Numbers resets;
  Numbers changes;

  // By window with a stale marker, with floats, with histograms.  Times are
  // milliseconds since the window began (first, stale) or until it ended (last);
  // those of extremes, since the first and until the last sample.
  size_t stales = 0;
  Numbers stale_t;

  size_t floats = 0;
  Numbers float_n;
  Numbers first_t, last_t, min_t, max_t;
  Doubles first, last, min, max;
  Doubles correction;
  std::optional<ValueScale> scale;  // of all these values

  // By window with floats that has not kOverflowed.
  size_t summed = 0;
  Doubles sum;
  Doubles squares;

  size_t histograms = 0;
  Numbers histogram_n;
  Numbers histogram_first_t, histogram_last_t;
  Numbers histogram_flags;
  Numbers gauges;
  Numbers schema_drop;  // lowest_schema below that of the first one; zigzag
};

// `windows` and all that it has, the `stales`, `floats` and `histograms` included.
void WriteTierColumns(TierColumns& columns, BitPacker& bits);
// Fills all of it; with `increase_only` not the float columns that increases do not
// need, nor the changes.  False where the bits end, or say what no writer says.
bool ReadTierColumns(BitReader& bits, bool increase_only, TierColumns& columns);

}  // namespace tidemark::tsdb
