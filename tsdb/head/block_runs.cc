#include "tsdb/head/block_runs.h"

#include <algorithm>
#include <string_view>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/run_union.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

using Chunks = std::vector<const ClosedChunk*>;

void AppendChunk(std::string& out, const ClosedChunk& chunk, uint64_t sequence) {
  AppendRun(out, chunk.view(), RunInfo{chunk.min_t, chunk.max_t, sequence, 0});
}

// Chunks of one block, by min_t, as sealed runs.
std::string ToRuns(std::span<const ClosedChunk* const> chunks, uint64_t sequence) {
  std::string written;
  for (const ClosedChunk* chunk : chunks) AppendChunk(written, *chunk, sequence);
  const std::string_view list = written;
  return UnionRuns(std::span(&list, 1));
}

}  // namespace

std::vector<BlockRuns> ToBlockRuns(std::span<const std::shared_ptr<const Piece>> pieces,
                                   uint64_t sequence) {
  Chunks chunks;
  for (const auto& piece : pieces) {
    for (const auto& chunk : piece->chunks) chunks.push_back(chunk.get());
  }
  std::sort(chunks.begin(), chunks.end(),
            [](const ClosedChunk* a, const ClosedChunk* b) { return a->min_t < b->min_t; });
  std::vector<BlockRuns> out;
  for (size_t begin = 0; begin < chunks.size();) {
    const int64_t block_end = BlockEnd(chunks[begin]->min_t);
    size_t end = begin + 1;
    while (end < chunks.size() && chunks[end]->min_t <= block_end) ++end;
    out.push_back({block_end, ToRuns(std::span(chunks).subspan(begin, end - begin), sequence)});
    begin = end;
  }
  return out;
}

}  // namespace tidemark::tsdb
