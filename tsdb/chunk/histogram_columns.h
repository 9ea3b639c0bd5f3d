// Histogram columns: sealed native histograms of one series.  Samples that follow
// each other with one layout (schema, zero threshold, spans, custom bounds) are
// groups of up to 128; in a group the times, the sums and each bucket are a column
// of whole numbers in Rice codes (tsdb/chunk/rice_rows.h).  A count that is the sum
// of the buckets takes nothing.  A reader that looks for a time reads of the groups
// before it no more than how they begin (ChunkDecoder::Skip).
//
// Every FloatHistogram comes back equal, its hint included.
// Layout: docs/formats.md, histogram columns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tsdb/chunk/bit_packer.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/histogram_table.h"
#include "tsdb/chunk/rice_rows.h"
#include "tsdb/model/histogram.h"

namespace tidemark::tsdb {

struct SealedHistograms {
  uint32_t count = 0;
  std::string bytes;
  int64_t min_t = 0;  // of the first and the last sample
  int64_t max_t = 0;
  ChunkView view() const { return {Codec::kColumnHistogram, count, bytes}; }
};

// At least one sample; times ascend strictly; spans and buckets agree
// (FloatHistogram::Validate).
SealedHistograms SealHistograms(std::span<const int64_t> times,
                                std::span<const FloatHistogram* const> histograms);

// The samples of chunks of Codec::kHistogram that follow each other, without a
// FloatHistogram for each.  Nothing where one of them cannot be read to its end, where
// times do not ascend from chunk to chunk, or where there are no samples.
std::optional<SealedHistograms> SealHistogramChunks(std::span<const ChunkView> chunks);

// What is on disk.
inline constexpr size_t kHistogramGroupSamples = HistogramTable::kGroupSamples;
static_assert(kHistogramGroupSamples <= kMostInRow);
inline constexpr uint8_t kGroupHasLayout = 0x80;  // beside the samples less one
inline constexpr int kGroupKindBits = 2;          // of a HistogramKind
inline constexpr int kHintBits = 2;
inline constexpr int kScaleBits = 12;

// Up to kMostInRow doubles: whole numbers of a scale of their own, or XOR.
void WriteDoubles(BitPacker& bits, std::span<const double> values);
bool ReadDoubles(BitReader& bits, std::span<double> values);

}  // namespace tidemark::tsdb
