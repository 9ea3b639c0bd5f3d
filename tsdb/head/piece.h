// Piece: unsealed samples of one series: closed chunks, and late samples that
// fit into none of them; and what was deleted before them.
//
// While samples are added it belongs to its series; once frozen for a seal it
// never changes, and readers and the sealer share it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tsdb/chunk/chunk.h"
#include "tsdb/model/sample.h"
#include "tsdb/model/time_intervals.h"

namespace tidemark::tsdb {

// A chunk that nothing is appended to any more.
struct ClosedChunk {
  Codec codec;
  uint32_t count;
  int64_t min_t;  // both inclusive
  int64_t max_t;
  std::string bytes;
  std::string starts = {};  // of its samples (tsdb/chunk/start_column.h)

  ChunkView view() const { return {codec, count, bytes}; }
};

// When what the sample at `t` counts began.
struct SampleStart {
  int64_t t;
  int64_t start;
};

// Late samples are sorted by time; times are unique over the whole piece.  The
// pieces of a series have an order, that in which they were frozen: where two
// have a sample at one time, the newer piece's is the one that counts.
struct Piece {
  // Deleted before the samples of this piece were added: hides what older pieces
  // and raw have there.
  TimeIntervals cuts;
  // Some of the samples replaced others: all of them win over raw, too.
  bool last_wins = false;
  std::vector<std::shared_ptr<const ClosedChunk>> chunks;
  std::vector<Sample> late_floats;
  std::vector<HistogramSample> late_histograms;
  std::vector<SampleStart> late_starts;  // of late samples of either type, by time

  bool has_samples() const {
    return !chunks.empty() || !late_floats.empty() || !late_histograms.empty();
  }
  bool empty() const { return cuts.empty() && !has_samples(); }
};

// The late sample, or start, at `t`, or null.
template <typename T>
const T* FindLate(const std::vector<T>& late, int64_t t) {
  const auto at = std::lower_bound(late.begin(), late.end(), t,
                                   [](const T& sample, int64_t time) { return sample.t < time; });
  return at != late.end() && at->t == t ? &*at : nullptr;
}

// One sample's value.
using SampleValue = std::variant<double, FloatHistogram>;

// FloatHistogram::Equals, but any two stale ones are the same: chunks keep
// nothing of them but the marker.
bool SameHistogram(const FloatHistogram& a, const FloatHistogram& b);
// By bits, or SameHistogram.
bool SameValue(const SampleValue& a, const SampleValue& b);

// The value at `t` in the chunk, if it has one.
std::optional<SampleValue> FindInChunk(const ChunkView& chunk, int64_t t);
std::optional<SampleValue> FindInPiece(const Piece& piece, int64_t t);
// The start of the sample at `t` in what FindIn… looks in; 0: not known, or no such
// sample.
int64_t FindStartInChunk(const ChunkView& chunk, std::string_view starts, int64_t t);
int64_t FindStartInPiece(const Piece& piece, int64_t t);
int64_t FindLateStart(const Piece& piece, int64_t t);

// The chunk without the samples in `times`, which overlap it; null when none is
// left.
std::shared_ptr<const ClosedChunk> WithoutTimes(const ClosedChunk& chunk,
                                                const TimeInterval& times);
// Takes the samples in `times` out of the piece.
void RemoveTimes(const TimeInterval& times, Piece& piece);

}  // namespace tidemark::tsdb
