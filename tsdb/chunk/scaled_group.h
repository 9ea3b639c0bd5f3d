// A group of a scaled chunk: up to kScaledGroupSamples floats as a column of times
// and a column of whole numbers (tsdb/chunk/value_scale.h) in rows of Rice codes.
// Layout: docs/formats.md, scaled chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tsdb/chunk/bit_packer.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/column_layout.h"
#include "tsdb/chunk/value_scale.h"

namespace tidemark::tsdb {

// Times after the first, which is said outside, as their distance from a line of
// one `interval` after the other.  Ascending times only are read.
void WriteTimes(BitPacker& bits, std::span<const int64_t> times, uint64_t interval);
bool ReadTimes(BitReader& bits, uint64_t interval, std::span<int64_t> times);

// Up to kScaledGroupSamples values: whole numbers of the scale, and what is none.
void WriteScaled(BitPacker& bits, std::span<const double> values, const ValueScale& scale);
bool ReadScaled(BitReader& bits, const ValueScale& scale, std::span<double> values);

// At least one sample; as many values as times.
std::string ScaledGroup(std::span<const int64_t> times, std::span<const double> values,
                        uint64_t interval, const ValueScale& scale);

// Fills times from the second on, and values.  False where the bytes end or say
// what no writer says, and where times do not ascend.
bool ReadScaledGroup(std::string_view in, uint64_t interval, const ValueScale& scale,
                     std::span<int64_t> times, std::span<double> values);

}  // namespace tidemark::tsdb
