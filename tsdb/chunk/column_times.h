// Columns of times.  A series is scraped at an interval: what is kept is how far
// each time is from a line through the first one of its group, which is nothing
// at all for many series and the jitter of a few bits for others.
// Layout: docs/formats.md, column chunks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tsdb/chunk/column_integers.h"

namespace tidemark::tsdb {

// In place of an order: all times lie on the line, and take no bytes.
inline constexpr int kOnTheLine = kMostOrder + 1;

// The interval at which ascending `times` come, in milliseconds: in spite of
// jitter and of some gaps.  0 for less than two.
uint64_t FindInterval(std::span<const int64_t> times);

// Appends all but the first of up to kMostPacked + 1 times; returns their order,
// or kOnTheLine, which is said outside.
int AppendTimes(std::string& out, std::span<const int64_t> times, uint64_t interval);

// Fills `times` from the second on; the first is there already.  False where
// the bytes end or say what no writer says, and where times do not ascend.
bool ReadTimes(std::string_view& in, int order, uint64_t interval, std::span<int64_t> times);

}  // namespace tidemark::tsdb
