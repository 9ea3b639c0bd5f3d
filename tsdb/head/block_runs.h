// BlockRuns: the pieces of one series as run lists, one for each block.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tsdb/head/piece.h"

namespace tidemark::tsdb {

struct BlockRuns {
  int64_t block_end;
  std::string runs;  // a run list (tsdb/chunk/encoded_run.h)
};

// `pieces` must be frozen: closed chunks only, each within one block.
// `sequence`: of the last journal record that may be in them.  By block_end.
std::vector<BlockRuns> ToBlockRuns(std::span<const std::shared_ptr<const Piece>> pieces,
                                   uint64_t sequence);

}  // namespace tidemark::tsdb
