#include "tsdb/head/piece.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "tsdb/base/check.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/histogram_chunk.h"
#include "tsdb/chunk/start_column.h"

namespace tidemark::tsdb {
namespace {

// Calls add(run, i, start) for each sample that is not in `times`.
template <typename Add>
void ForEachOutside(const ClosedChunk& chunk, const TimeInterval& times, const Add& add) {
  const std::unique_ptr<ChunkDecoder> decoder = NewChunkDecoder(chunk.view());
  StartReader starts(chunk.starts);
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    for (size_t i = 0; i < run.size(); ++i) {
      const int64_t start = starts.Next(run.t[i]);
      if (!times.Contains(run.t[i])) add(run, i, start);
    }
  }
  CHECK(decoder->status().ok(), "a chunk in memory does not decode");
}

template <typename Chunk>
std::shared_ptr<const ClosedChunk> Closed(const Chunk& chunk, const StartWriter& starts) {
  if (chunk.empty()) return nullptr;
  const ChunkView view = chunk.view();
  return std::make_shared<const ClosedChunk>(ClosedChunk{view.codec, view.count, chunk.min_t(),
                                                         chunk.max_t(), std::string(view.bytes),
                                                         starts.Finish()});
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

int64_t FindStartInChunk(const ChunkView& chunk, std::string_view starts, int64_t t) {
  if (starts.empty()) return 0;
  StartReader reader(starts);
  const std::unique_ptr<ChunkDecoder> decoder = NewChunkDecoder(chunk);
  while (decoder->Next()) {
    for (const int64_t time : decoder->run().t) {
      const int64_t start = reader.Next(time);
      if (time == t) return start;
    }
  }
  return 0;
}

int64_t FindLateStart(const Piece& piece, int64_t t) {
  const SampleStart* found = FindLate(piece.late_starts, t);
  return found == nullptr ? 0 : found->start;
}

int64_t FindStartInPiece(const Piece& piece, int64_t t) {
  for (const auto& chunk : piece.chunks) {
    if (t < chunk->min_t || t > chunk->max_t) continue;
    const int64_t start = FindStartInChunk(chunk->view(), chunk->starts, t);
    if (start != 0) return start;
  }
  return FindLateStart(piece, t);
}

std::shared_ptr<const ClosedChunk> WithoutTimes(const ClosedChunk& chunk,
                                                const TimeInterval& times) {
  if (times.mint <= chunk.min_t && chunk.max_t <= times.maxt) return nullptr;
  FloatChunk floats;
  HistogramChunk histograms;
  StartWriter starts;
  uint32_t kept = 0;
  ForEachOutside(chunk, times, [&](const SampleRun& run, size_t i, int64_t start) {
    if (start != 0) starts.Add(kept, run.t[i], start);
    ++kept;
    if (run.is_float()) {
      floats.Append(run.t[i], run.v[i]);
    } else {
      histograms.Append(run.t[i], run.h[i]);
    }
  });
  return floats.empty() ? Closed(histograms, starts) : Closed(floats, starts);
}

void RemoveTimes(const TimeInterval& times, Piece& piece) {
  for (auto& chunk : piece.chunks) {
    if (times.Overlaps({chunk->min_t, chunk->max_t})) chunk = WithoutTimes(*chunk, times);
  }
  std::erase(piece.chunks, nullptr);
  const auto inside = [&times](const auto& sample) { return times.Contains(sample.t); };
  std::erase_if(piece.late_floats, inside);
  std::erase_if(piece.late_histograms, inside);
  std::erase_if(piece.late_starts, inside);
}

}  // namespace tidemark::tsdb
