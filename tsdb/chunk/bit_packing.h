// Packed numbers: up to kMostPacked whole numbers as their distance from a
// base, each in the same few bits; the few that do not fit follow as exceptions.
//
//   AppendPacked(out, deltas, ChooseFrame(deltas));
//   ...
//   if (!ReadPacked(in, deltas)) return DataLoss("…");
//
// Numbers are modulo 2^64 and count as signed: small negative ones are small.
// Any numbers come back.  How many there are is said outside; none take no
// bytes.  Layout: docs/formats.md, column chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tidemark::tsdb {

inline constexpr size_t kMostPacked = 64;

// Where numbers that are packed together lie: in [base, base + 2^width).
struct Frame {
  uint64_t base = 0;
  int width = 0;     // bits of each number, up to 64
  size_t bytes = 0;  // that AppendPacked takes with it, at most
};

// The frame for the fewest bytes.
Frame ChooseFrame(std::span<const uint64_t> numbers);

void AppendPacked(std::string& out, std::span<const uint64_t> numbers, const Frame& frame);

// Fills `numbers` and moves past them.  False where the bytes end, or say what
// no writer says; `in` and `numbers` then hold nothing sensible.
bool ReadPacked(std::string_view& in, std::span<uint64_t> numbers);

}  // namespace tidemark::tsdb
