// ColumnDecoder: the samples of a column chunk (tsdb/chunk/column_chunk.h), a
// group at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/column_layout.h"
#include "tsdb/chunk/value_scale.h"

namespace tidemark::tsdb {

// Goes over the groups of a column chunk without decoding them.
struct GroupCursor {
  std::string_view rest;        // the groups not reached yet
  uint32_t left = 0;            // and their samples
  size_t most = kGroupSamples;  // samples in a group
  uint64_t interval = 0;
  uint64_t expected = 0;   // the time of their first sample, if nothing is late
  int64_t first = 0;       // of this group
  size_t samples = 0;      // in it
  std::string_view bytes;  // from its head on

  // Moves to the next group; false where it is cut.
  bool Advance();
};

class ColumnDecoder : public ChunkDecoder {
 public:
  // `chunk` must be of a column codec; its bytes must outlive the decoder.
  explicit ColumnDecoder(const ChunkView& chunk);

  bool Next() override;
  // Goes by the first times of groups.
  void Skip(int64_t t) override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  bool ReadHeader(std::string_view in);
  bool ReadGroup();
  bool ReadValues(std::string_view in, uint8_t head, std::span<double> values) const;
  void Fail(std::string_view in);

  const ChunkView chunk_;
  double constant_ = 0;
  uint8_t decimals_ = 0;
  std::optional<ValueScale> scale_;
  GroupCursor group_;  // the last one that was decoded or left out
  bool any_ = false;
  int64_t last_ = 0;  // time that was seen; none before any_
  SampleRun run_;
  Status status_;
  std::array<int64_t, kScaledGroupSamples> times_;
  std::array<double, kScaledGroupSamples> values_;
};

}  // namespace tidemark::tsdb
