// HistogramDecoder: the samples of a histogram chunk
// (tsdb/chunk/histogram_chunk.h).
#pragma once

#include <cstdint>
#include <vector>

#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/histogram_cursor.h"

namespace tidemark::tsdb {

class HistogramDecoder : public ChunkDecoder {
 public:
  // `chunk` must be of Codec::kHistogram; its bytes must outlive the decoder.
  explicit HistogramDecoder(const ChunkView& chunk);

  bool Next() override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return cursor_.status(); }

 private:
  void Fill(size_t slot);

  HistogramCursor cursor_;
  SampleRun run_;
  std::vector<int64_t> times_;
  std::vector<FloatHistogram> histograms_;
  std::vector<uint64_t> slot_layouts_;  // which one each has; 0: none
};

}  // namespace tidemark::tsdb
