// HistogramColumnsDecoder: the samples of sealed native histograms
// (tsdb/chunk/histogram_columns.h).  A group is decoded column by column into a
// table with a line for each sample, from which histograms are filled a few at a
// time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/histogram_columns.h"

namespace tidemark::tsdb {

class HistogramColumnsDecoder : public ChunkDecoder {
 public:
  // `chunk` must be of Codec::kColumnHistogram; its bytes must outlive the decoder.
  explicit HistogramColumnsDecoder(const ChunkView& chunk);

  bool Next() override;
  // Goes by the first times of groups.
  void Skip(int64_t t) override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  // How a group begins.
  struct Head {
    int64_t first;
    size_t samples;
    bool has_layout;
    std::string_view bytes;  // from the layout on
  };
  // Takes the head off the front of `in`; `expected`: the time of its first sample,
  // if nothing is late.
  bool ReadHead(std::string_view& in, uint64_t expected, uint32_t left, Head& head) const;
  uint64_t ExpectedAfter(const Head& head) const;
  // The layout and the first numbers of a group; moves past it.
  bool Enter(const Head& head, std::string_view rest, BitReader& bits);
  bool EnterLayout(const Head& head, std::string_view& in);
  bool ReadGroup();
  bool ReadHints(BitReader& bits);
  bool ReadCounts(BitReader& bits);
  bool ReadWhole(BitReader& bits);
  void AddUpCounts();
  bool ReadFractions(BitReader& bits);
  std::span<double> Line(size_t sample) { return {table_.data() + sample * columns_, columns_}; }
  void Fill(size_t sample, FloatHistogram& h);
  void FillLayout(size_t slot);
  void Fail();

  const ChunkView chunk_;
  uint64_t interval_ = 0;
  std::string_view rest_;  // the groups not entered yet
  uint32_t left_ = 0;      // and their samples
  uint64_t expected_ = 0;
  bool any_ = false;
  int64_t last_ = 0;  // time that was seen; none before any_

  // Of the group that was entered last.
  FloatHistogram layout_;
  uint64_t layouts_ = 0;  // so many were read; 0: none yet
  size_t columns_ = 0;    // zero count and buckets
  std::vector<uint64_t> firsts_;
  HistogramKind kind_ = HistogramKind::kStale;
  size_t samples_ = 0;
  size_t next_ = 0;  // of them, the first that was not handed out
  std::array<int64_t, kHistogramGroupSamples> times_;
  std::array<CounterResetHint, kHistogramGroupSamples> hints_;
  std::array<double, kHistogramGroupSamples> sums_;
  std::array<double, kHistogramGroupSamples> counts_;
  std::vector<double> table_;

  // What is handed out, and which layout each has.
  std::vector<FloatHistogram> slots_;
  std::vector<uint64_t> slot_layouts_;
  SampleRun run_;
  Status status_;
};

}  // namespace tidemark::tsdb
