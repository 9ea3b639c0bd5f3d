// Numbers in bits as Prometheus' chunks have them (upstream: tsdb/chunkenc).
#pragma once

#include <cstdint>
#include <span>

#include "tsdb/chunk/bit_stream.h"

namespace tidemark::server {

// A number in the narrowest of some widths that holds it: as many ones as there
// are narrower widths, a zero, the number in two's complement.  0 is one zero
// bit; what fits nowhere has ones only and all 64 bits.  A width of n bits holds
// -2^(n-1)+1 .. 2^(n-1).
//
// kTimeWidths are those of times in float chunks, kVarbitWidths of everything in
// histogram chunks.
inline constexpr int kTimeWidths[] = {14, 17, 20};
inline constexpr int kVarbitWidths[] = {3, 6, 9, 12, 18, 25, 56};
void WriteSigned(tsdb::BitWriter& bits, int64_t v, std::span<const int> widths);

// The same for numbers from 0 on: a width of n bits holds 0 .. 2^n-1.
void WriteUnsigned(tsdb::BitWriter& bits, uint64_t v, std::span<const int> widths);

// Whole bytes, as protobuf writes them: 7 bits a byte, the lowest first.
void WriteUvarint(tsdb::BitWriter& bits, uint64_t v);
void WriteVarint(tsdb::BitWriter& bits, int64_t v);  // zigzag

// A column of floats, each as the difference (XOR) to the one before it.
class XorColumn {
 public:
  // The first one, in full.
  void WriteFirst(tsdb::BitWriter& bits, double v);
  void Write(tsdb::BitWriter& bits, double v);

 private:
  uint64_t last_ = 0;
  // The window of bits that the last differences lie in; -1: none yet.
  int leading_ = -1;
  int trailing_ = 0;
};

}  // namespace tidemark::server
