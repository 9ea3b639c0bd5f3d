#include "tsdb/head/block_runs.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "tsdb/chunk/encoded_run.h"
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
    out.push_back({block_end, ToRuns(std::span(parts).subspan(begin, end - begin), sequence)});
    begin = end;
  }
  return out;
}

}  // namespace tidemark::tsdb
