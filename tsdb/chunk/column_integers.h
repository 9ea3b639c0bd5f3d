// Columns of whole numbers: as they are, as differences or as differences of
// differences, whichever takes the fewest bytes when packed
// (tsdb/chunk/bit_packing.h).  Numbers and differences are modulo 2^64: any
// numbers come back.  Layout: docs/formats.md, column chunks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tidemark::tsdb {

// How many times differences are taken, at most.
inline constexpr int kMostOrder = 2;

// Appends up to kMostPacked numbers; returns the order, which is said outside.
int AppendIntegers(std::string& out, std::span<const uint64_t> numbers);

// Fills `numbers`, written with `order` (0 to kMostOrder), and moves past them.
// False where the bytes end, or say what no writer says.
bool ReadIntegers(std::string_view& in, int order, std::span<uint64_t> numbers);

}  // namespace tidemark::tsdb
