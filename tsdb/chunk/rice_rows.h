// Rows of whole numbers in Golomb-Rice codes (Rice and Plaunt, 1971): what lies
// close together takes few bits, and what does not costs only itself.  For the
// sealed columns of a group (tsdb/chunk/scaled_chunk.h, histogram_columns.h).
//
//   BitPacker bits;
//   WriteRow(bits, growth);
//   ...
//   if (!ReadRow(bits, growth)) return DataLoss("…");
//
// Numbers are modulo 2^64 and count as signed.  Any numbers come back.  How many
// there are is said outside; none take no bits.  Four forms, the one of the
// fewest bits is chosen:
//
//   all the same      that number
//   around a centre   distances from a middling number, of both signs
//   from the least    distances from it: for what is small and skewed
//   sparse            mostly 0: how many zeros lie between the others
//
// Layout: docs/formats.md, rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tsdb/chunk/bit_packer.h"
#include "tsdb/chunk/bit_stream.h"

namespace tidemark::tsdb {

inline constexpr size_t kMostInRow = 128;

void WriteRow(BitPacker& bits, std::span<const uint64_t> numbers);

// False where the bits end, or say what no writer says.
bool ReadRow(BitReader& bits, std::span<uint64_t> numbers);

// The bits that WriteRow takes.
size_t RowBits(std::span<const uint64_t> numbers);

// One number by itself: small ones of either sign take few bits.
void WriteNumber(BitPacker& bits, uint64_t number);
bool ReadNumber(BitReader& bits, uint64_t& number);

}  // namespace tidemark::tsdb
