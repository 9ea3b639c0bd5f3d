// Columns of whole numbers as rows (tsdb/chunk/rice_rows.h): as they are, as
// differences or as differences of differences, whichever takes the fewest bits.
// Any numbers come back.  Layout: docs/formats.md, rows.
#pragma once

#include <cstdint>
#include <span>

#include "tsdb/chunk/bit_packer.h"
#include "tsdb/chunk/bit_stream.h"

namespace tidemark::tsdb {

// Up to kMostInRow numbers.
void WriteColumn(BitPacker& bits, std::span<const uint64_t> numbers);

// Fills `numbers`.  False where the bits end, or say what no writer says.
bool ReadColumn(BitReader& bits, std::span<uint64_t> numbers);

}  // namespace tidemark::tsdb
