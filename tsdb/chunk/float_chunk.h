// FloatChunk: floats of one series, appended one by one in about a byte each.
// Times are deltas of deltas in classes of bits, values the XOR with the value
// before (Gorilla: Pelkonen et al., VLDB 2015).  Any int64 time and any double,
// bit for bit, comes back.
//
// Threads: one writes.  A reader takes a copy of count() and bytes() under the
// writer's lock and decodes it outside (tsdb/chunk/chunk.h).
#pragma once

#include <bit>
#include <cstdint>
#include <string>

#include "tsdb/base/check.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/xor_values.h"

namespace tidemark::tsdb {

class FloatChunk {
 public:
  // `t` must be greater than max_t().  Allocates only where bytes() has to grow.
  void Append(int64_t t, double v);

  bool empty() const { return count_ == 0; }
  uint32_t count() const { return count_; }
  // Of an empty chunk: meaningless.
  int64_t min_t() const { return min_t_; }
  int64_t max_t() const { return last_t_; }
  double last_v() const { return std::bit_cast<double>(values_.last()); }

  const std::string& bytes() const { return bits_.bytes(); }
  ChunkView view() const { return {Codec::kXorFloat, count_, bits_.bytes()}; }
  // Asks for the memory that Append is going to write.
  void PrefetchEnd() const { bits_.PrefetchEnd(); }
  // Bytes in memory, for budgets.
  size_t SizeBytes() const { return sizeof(*this) + bits_.bytes().capacity(); }

  // Empties it; keeps the memory.
  void Clear();
  // Empties it, and gives its bytes away.
  std::string Take();

 private:
  void AppendTime(int64_t t);

  BitWriter bits_;
  XorWriter values_;
  uint32_t count_ = 0;
  int64_t min_t_ = 0;
  int64_t last_t_ = 0;
  uint64_t last_delta_ = 0;  // modulo 2^64, like all differences of times here
};

}  // namespace tidemark::tsdb
