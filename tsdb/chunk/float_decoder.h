// FloatDecoder: the samples of a float chunk (tsdb/chunk/float_chunk.h).
#pragma once

#include <array>
#include <cstdint>

#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/xor_values.h"

namespace tidemark::tsdb {

class FloatDecoder : public ChunkDecoder {
 public:
  // `chunk` must be of Codec::kXorFloat; its bytes must outlive the decoder.
  explicit FloatDecoder(const ChunkView& chunk) : bits_(chunk.bytes), left_(chunk.count) {}

  bool Next() override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  bool ReadSample();
  bool ReadFirst();
  bool ReadTime();

  BitReader bits_;
  uint32_t left_;
  uint32_t read_ = 0;
  uint64_t t_ = 0;
  uint64_t delta_ = 0;
  XorReader v_;
  SampleRun run_;
  Status status_;
  std::array<int64_t, kDecodeBatch> times_;
  std::array<double, kDecodeBatch> values_;
};

}  // namespace tidemark::tsdb
