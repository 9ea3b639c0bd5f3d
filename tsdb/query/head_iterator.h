// HeadIterator: the unsealed samples of one series, merged in time order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tsdb/head/piece.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

// Decodes everything within [mint, maxt] when it is made: that is bounded by
// what the head keeps of one series.
//
// Threads: one.
class HeadIterator : public SampleIterator {
 public:
  // `start_times`: fill SampleRun::start, too.
  HeadIterator(std::span<const std::shared_ptr<const Piece>> pieces, int64_t mint, int64_t maxt,
               bool start_times = false);

  bool Next() override;
  bool Seek(int64_t t) override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  // Samples of one type that no sample of the other type lies between.
  struct Stretch {
    bool is_float;
    size_t begin;  // in the arrays of the type
    size_t end;
  };

  void Decode(const ChunkView& chunk, int64_t mint, int64_t maxt);
  void DecodeStarts(const Piece& piece, int64_t mint, int64_t maxt);
  void Sort();
  void AlignStarts();
  void Interleave();
  void Use(const Stretch& stretch, size_t from);

  std::vector<Sample> unsorted_;  // until Sort
  std::vector<HistogramSample> unsorted_histograms_;
  std::vector<SampleStart> unsorted_starts_;

  std::vector<int64_t> float_t_;
  std::vector<double> float_v_;
  std::vector<int64_t> histogram_t_;
  std::vector<FloatHistogram> histogram_h_;
  std::vector<int64_t> float_start_;  // both empty when no sample has a start
  std::vector<int64_t> histogram_start_;
  std::vector<Stretch> stretches_;
  size_t next_ = 0;  // stretch
  SampleRun run_;
  Status status_;
};

}  // namespace tidemark::tsdb
