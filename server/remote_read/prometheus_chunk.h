// ChunkWriter: samples of one series → chunks as Prometheus keeps them in its
// blocks, and as remote read sends them.
//
//   ChunkWriter writer([&](const PrometheusChunk& chunk) { Send(chunk); });
//   while (it->Next()) writer.Add(it->run());
//   writer.Finish();
//
// Encodings, upstream's tsdb/chunkenc: XOR of floats; HISTOGRAM where all counts
// are whole numbers and agree with the count of observations, as they do where
// the sender had integer histograms; FLOAT_HISTOGRAM otherwise.
//
// Inside a chunk of histograms readers take all samples but the first for not
// being counter resets, and all for having the same buckets.  So a chunk ends
// before a reset and where schema, zero threshold or custom bounds change, and
// its buckets are all that any of its samples has.  Whether its first sample is a
// reset is left open: readers then look for themselves.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/model/sample_iterator.h"

namespace tidemark::server {

// prometheus.Chunk.Encoding.
enum class ChunkEncoding { kXor = 1, kHistogram = 2, kFloatHistogram = 3 };

struct PrometheusChunk {
  int64_t min_time = 0;  // milliseconds, both inclusive
  int64_t max_time = 0;
  ChunkEncoding encoding = ChunkEncoding::kXor;
  std::string_view data;  // as long as the call that gets it
};

class ChunkWriter {
 public:
  // What Prometheus cuts its own chunks at.
  static constexpr size_t kMaxSamples = 120;

  explicit ChunkWriter(std::function<void(const PrometheusChunk&)> write)
      : write_(std::move(write)) {}

  // Samples after those before.
  void Add(const tsdb::SampleRun& run);
  // The last chunk; nothing may follow.
  void Finish() { Flush(); }

 private:
  void AddFloat(int64_t t, double v);
  void AddHistogram(int64_t t, const tsdb::FloatHistogram& h);
  // Whether `h` may follow those in histograms_ in one chunk.
  bool Joins(const tsdb::FloatHistogram& h, bool whole) const;
  void Flush();
  void FlushFloats();
  void FlushHistograms();

  const std::function<void(const PrometheusChunk&)> write_;
  // Of the next chunk; of floats_ and histograms_ one is empty.
  std::vector<int64_t> times_;
  std::vector<double> floats_;
  std::vector<tsdb::FloatHistogram> histograms_;
  bool whole_ = false;
};

}  // namespace tidemark::server
