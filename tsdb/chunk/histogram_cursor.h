// HistogramCursor: the samples of a histogram chunk (tsdb/chunk/histogram_chunk.h)
// one by one, as the numbers that are on disk: whole counts as integers, others as
// the bits of doubles.  Who makes columns of them needs no FloatHistogram, and none
// is made.
//
//   HistogramCursor at(chunk);
//   while (at.Next()) Use(at.t(), at.kind(), at.sum(), at.counts());
//   RETURN_IF_ERROR(at.status());
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/histogram_layout.h"

namespace tidemark::tsdb {

class HistogramCursor {
 public:
  // `chunk` must be of Codec::kHistogram; its bytes must outlive the cursor.
  explicit HistogramCursor(const ChunkView& chunk)
      : size_(chunk.bytes.size()), rest_(chunk.bytes), left_(chunk.count) {}

  // Moves to the next sample; false at the end and after an error.
  bool Next();

  // Of the current sample.
  int64_t t() const { return static_cast<int64_t>(t_); }
  HistogramKind kind() const { return kind_; }
  CounterResetHint hint() const { return hint_; }
  // Not of stale markers: the rest.
  double sum() const { return sum_; }
  // The count, the zero count, then buckets on both sides: int64s of kWhole, bits of
  // doubles of kFractions.
  std::span<const uint64_t> counts() const { return counts_; }
  // Its numbers mean nothing, but there is room for its buckets.
  const FloatHistogram& layout() const { return layout_; }
  // So many layouts have been read: another number, maybe another layout.
  uint64_t layouts() const { return layouts_; }

  // kDataLoss  the bytes end early or say what no writer says
  Status status() const { return status_; }

 private:
  bool ReadSample();
  bool ReadTime();
  bool ReadNumbers(bool fractions, bool restart);
  bool ReadWhole();
  bool ReadFractions();

  const size_t size_;
  std::string_view rest_;
  uint32_t left_;
  uint32_t read_ = 0;
  uint64_t t_ = 0;
  uint64_t delta_ = 0;
  HistogramKind kind_ = HistogramKind::kStale;
  CounterResetHint hint_ = CounterResetHint::kUnknown;
  bool fractions_ = false;  // of the last sample that was no stale marker
  double sum_ = 0;
  FloatHistogram layout_;
  uint64_t layouts_ = 0;
  std::vector<uint64_t> counts_;
  std::vector<uint64_t> growth_;  // of each count, expected
  Status status_;
};

}  // namespace tidemark::tsdb
