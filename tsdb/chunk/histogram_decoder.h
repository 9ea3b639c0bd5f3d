// HistogramDecoder: the samples of a histogram chunk
// (tsdb/chunk/histogram_chunk.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/histogram_layout.h"

namespace tidemark::tsdb {

class HistogramDecoder : public ChunkDecoder {
 public:
  // `chunk` must be of Codec::kHistogram; its bytes must outlive the decoder.
  explicit HistogramDecoder(const ChunkView& chunk);

  bool Next() override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  bool ReadSample(FloatHistogram& h);
  bool ReadTime();
  bool ReadNumbers();
  bool ReadWhole(double& count, uint64_t& growth);

  const size_t size_;
  std::string_view rest_;
  uint32_t left_;
  uint32_t read_ = 0;
  uint64_t t_ = 0;
  uint64_t delta_ = 0;
  HistogramState state_;
  SampleRun run_;
  Status status_;
  std::vector<int64_t> times_;
  std::vector<FloatHistogram> histograms_;
};

}  // namespace tidemark::tsdb
