// BlockRuns: the pieces of one series as run lists, one for each block.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tsdb/head/piece.h"
#include "tsdb/store/tier_keys.h"

namespace tidemark::tsdb {

struct BlockRuns {
  int64_t block_end;
  std::string runs;  // a run list (tsdb/chunk/encoded_run.h)
  HourMask hours;    // of the block's day, that its samples and cuts are in
};

// What was deleted in any of the pieces.
TimeIntervals CutsOf(std::span<const std::shared_ptr<const Piece>> pieces);

// `pieces`: oldest first.  They must be frozen: closed chunks only, each within
// one block.  `stored`: the ends of the blocks that raw has of the series where
// CutsOf(pieces) are.  `sequence`: of the last journal record that may be in them.
//
// A list has the cuts and samples of its block in the order of the pieces; a cut
// is written only for blocks that have something to cut.  By block_end.
std::vector<BlockRuns> ToBlockRuns(std::span<const std::shared_ptr<const Piece>> pieces,
                                   std::span<const int64_t> stored, uint64_t sequence);

}  // namespace tidemark::tsdb
