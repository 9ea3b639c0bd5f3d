// HistogramChunk: native histograms of one series, appended one by one.  Where
// the layout (schema, zero threshold, spans, custom bounds) changes it is
// written out; a sample then is its time, its hint and its numbers: whole counts
// as the change of their growth, the sum and other counts as XOR with the ones
// before.  Every FloatHistogram comes back equal, its hint included.  A stale
// marker is a few bytes.
//
// Threads: one writes.  A reader takes a copy of count() and bytes() under the
// writer's lock and decodes it outside (tsdb/chunk/chunk.h).
#pragma once

#include <cstdint>
#include <string>

#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/histogram_layout.h"

namespace tidemark::tsdb {

class HistogramChunk {
 public:
  // `t` must be greater than max_t(); spans and buckets must agree
  // (FloatHistogram::Validate).  Allocates only for a new layout, and where
  // bytes() has to grow.
  void Append(int64_t t, const FloatHistogram& h);

  bool empty() const { return count_ == 0; }
  uint32_t count() const { return count_; }
  // Of an empty chunk: meaningless.
  int64_t min_t() const { return min_t_; }
  int64_t max_t() const { return last_t_; }
  // A copy of the last sample.
  FloatHistogram last_h() const;

  const std::string& bytes() const { return bytes_; }
  ChunkView view() const { return {Codec::kHistogram, count_, bytes_}; }
  // Bytes in memory, for budgets.
  size_t SizeBytes() const;

  // Empties it; keeps the memory.
  void Clear();
  // Empties it, and gives its bytes away.
  std::string Take();

 private:
  void AppendTime(int64_t t);
  void AppendNumbers(const FloatHistogram& h);
  template <typename F>
  void AppendCounts(const FloatHistogram& h, const F& append_one);

  std::string bytes_;
  uint32_t count_ = 0;
  bool last_is_stale_ = false;
  CounterResetHint stale_hint_ = CounterResetHint::kUnknown;
  int64_t min_t_ = 0;
  int64_t last_t_ = 0;
  uint64_t last_delta_ = 0;  // modulo 2^64, like all differences of times here
  HistogramState state_;
};

}  // namespace tidemark::tsdb
