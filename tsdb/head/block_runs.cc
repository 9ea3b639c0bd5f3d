#include "tsdb/head/block_runs.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "tsdb/base/check.h"
#include "tsdb/block/dirty_days.h"
#include "tsdb/chunk/column_chunk.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_decoder.h"
#include "tsdb/chunk/run_union.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

// A chunk, or without one a cut, of one block.
struct Part {
  int64_t block_end;
  size_t piece;
  int64_t min_t;
  const ClosedChunk* chunk;  // null: a cut, up to max_t
  int64_t max_t;
  bool last_wins;

  auto Order() const { return std::tuple(block_end, piece, chunk != nullptr, min_t); }
};

void AddChunks(const Piece& piece, size_t number, std::vector<Part>& parts) {
  for (const auto& chunk : piece.chunks) {
    parts.push_back(
        {BlockEnd(chunk->min_t), number, chunk->min_t, chunk.get(), chunk->max_t, piece.last_wins});
  }
}

// What the cuts of a piece are in each of `blocks`.
void AddCuts(const Piece& piece, size_t number, std::span<const int64_t> blocks,
             std::vector<Part>& parts) {
  for (const TimeInterval& cut : piece.cuts.all()) {
    auto block = std::lower_bound(blocks.begin(), blocks.end(), BlockEnd(cut.mint));
    for (; block != blocks.end() && BlockFirst(*block) <= cut.maxt; ++block) {
      parts.push_back({*block, number, std::max(cut.mint, BlockFirst(*block)), nullptr,
                       std::min(cut.maxt, *block), false});
    }
  }
}

// The stored ones and those of `parts`.
std::vector<int64_t> BlocksOf(std::span<const int64_t> stored, const std::vector<Part>& parts) {
  std::vector<int64_t> blocks(stored.begin(), stored.end());
  for (const Part& part : parts) blocks.push_back(part.block_end);
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  return blocks;
}

// Parts of one block, in order, as sealed runs.
std::string ToRuns(std::span<const Part> parts, uint64_t sequence) {
  std::string written;
  for (const Part& part : parts) {
    if (part.chunk == nullptr) {
      AppendCut(written, {part.min_t - 1, part.max_t}, sequence);
    } else {
      const uint8_t flags = part.last_wins ? kLastWins : 0;
      AppendRun(written, part.chunk->view(), {part.min_t, part.max_t, sequence, flags},
                part.chunk->starts);
    }
  }
  const std::string_view list = written;
  return UnionRuns(std::span(&list, 1));
}

HourMask HoursOfParts(std::span<const Part> parts) {
  HourMask hours = 0;
  for (const Part& part : parts) {
    hours |= HoursOf(PartitionOf(part.block_end), part.min_t, part.max_t);
  }
  return hours;
}

// What most series have between two seals: one chunk of floats, as the head wrote
// it, and nothing deleted.  Null: something else.
const ClosedChunk* OnlyFloats(std::span<const std::shared_ptr<const Piece>> pieces) {
  if (pieces.size() != 1 || !pieces[0]->cuts.empty() || pieces[0]->chunks.size() != 1) {
    return nullptr;
  }
  const ClosedChunk& chunk = *pieces[0]->chunks[0];
  return chunk.codec == Codec::kXorFloat && chunk.starts.empty() ? &chunk : nullptr;
}

// As ToRuns for a part of this chunk.
std::string ToRun(const ClosedChunk& chunk, uint8_t flags, uint64_t sequence) {
  std::vector<int64_t> times;
  std::vector<double> values;
  times.reserve(chunk.count);
  values.reserve(chunk.count);
  FloatDecoder decoder(chunk.view());
  while (decoder.Next()) {
    times.insert(times.end(), decoder.run().t.begin(), decoder.run().t.end());
    values.insert(values.end(), decoder.run().v.begin(), decoder.run().v.end());
  }
  CHECK(decoder.status().ok(), "a chunk in memory does not decode");
  std::string out;
  AppendRun(out, SealFloats(times, values).view(), {chunk.min_t, chunk.max_t, sequence, flags});
  return out;
}

}  // namespace

TimeIntervals CutsOf(std::span<const std::shared_ptr<const Piece>> pieces) {
  TimeIntervals cuts;
  for (const auto& piece : pieces) {
    for (const TimeInterval& cut : piece->cuts.all()) cuts.Add(cut);
  }
  return cuts;
}

std::vector<BlockRuns> ToBlockRuns(std::span<const std::shared_ptr<const Piece>> pieces,
                                   std::span<const int64_t> stored, uint64_t sequence) {
  if (const ClosedChunk* chunk = OnlyFloats(pieces)) {
    const uint8_t flags = pieces[0]->last_wins ? kLastWins : 0;
    const int64_t block_end = BlockEnd(chunk->min_t);
    return {{block_end, ToRun(*chunk, flags, sequence),
             HoursOf(PartitionOf(block_end), chunk->min_t, chunk->max_t)}};
  }
  std::vector<Part> parts;
  for (size_t i = 0; i < pieces.size(); ++i) AddChunks(*pieces[i], i, parts);
  if (!CutsOf(pieces).empty()) {
    const std::vector<int64_t> blocks = BlocksOf(stored, parts);
    for (size_t i = 0; i < pieces.size(); ++i) AddCuts(*pieces[i], i, blocks, parts);
  }
  std::sort(parts.begin(), parts.end(),
            [](const Part& a, const Part& b) { return a.Order() < b.Order(); });
  std::vector<BlockRuns> out;
  for (size_t begin = 0; begin < parts.size();) {
    const int64_t block_end = parts[begin].block_end;
    size_t end = begin + 1;
    while (end < parts.size() && parts[end].block_end == block_end) ++end;
    const std::span<const Part> block = std::span(parts).subspan(begin, end - begin);
    out.push_back({block_end, ToRuns(block, sequence), HoursOfParts(block)});
    begin = end;
  }
  return out;
}

}  // namespace tidemark::tsdb
