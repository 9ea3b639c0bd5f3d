#include "tsdb/head/piece.h"

#include <algorithm>
#include <bit>

#include "tsdb/base/check.h"

namespace tidemark::tsdb {
namespace {

template <typename T>
const T* FindLate(const std::vector<T>& late, int64_t t) {
  const auto at = std::lower_bound(late.begin(), late.end(), t,
                                   [](const T& sample, int64_t time) { return sample.t < time; });
  return at != late.end() && at->t == t ? &*at : nullptr;
}

}  // namespace

bool SameHistogram(const FloatHistogram& a, const FloatHistogram& b) {
  return a.IsStale() ? b.IsStale() : a.Equals(b);
}

bool SameValue(const SampleValue& a, const SampleValue& b) {
  if (a.index() != b.index()) return false;
  if (const double* v = std::get_if<double>(&a)) {
    return std::bit_cast<uint64_t>(*v) == std::bit_cast<uint64_t>(std::get<double>(b));
  }
  return SameHistogram(std::get<FloatHistogram>(a), std::get<FloatHistogram>(b));
}

std::optional<SampleValue> FindInChunk(const ChunkView& chunk, int64_t t) {
  const std::unique_ptr<ChunkDecoder> decoder = NewChunkDecoder(chunk);
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    if (run.t.back() < t) continue;
    const auto at = std::lower_bound(run.t.begin(), run.t.end(), t);
    if (*at != t) return std::nullopt;
    const size_t i = static_cast<size_t>(at - run.t.begin());
    if (run.is_float()) return SampleValue(run.v[i]);
    return SampleValue(run.h[i]);
  }
  CHECK(decoder->status().ok(), "a chunk in memory does not decode");
  return std::nullopt;
}

std::optional<SampleValue> FindInPiece(const Piece& piece, int64_t t) {
  if (const Sample* sample = FindLate(piece.late_floats, t)) return SampleValue(sample->v);
  if (const HistogramSample* sample = FindLate(piece.late_histograms, t)) {
    return SampleValue(sample->h);
  }
  for (const auto& chunk : piece.chunks) {
    if (t < chunk->min_t || t > chunk->max_t) continue;
    if (auto found = FindInChunk(chunk->view(), t)) return found;
  }
  return std::nullopt;
}

}  // namespace tidemark::tsdb
