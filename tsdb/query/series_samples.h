// HeadOverRaw: all samples of one series: what is sealed, with what the head
// has, and has deleted, over it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "tsdb/head/piece.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

// `pieces`: the head's snapshot, oldest first, made before `raw`.  Each hides by
// its cuts what is older, and adds its samples: where older ones are at the same
// time those stay, unless the piece says last_wins.
std::unique_ptr<SampleIterator> HeadOverRaw(std::span<const std::shared_ptr<const Piece>> pieces,
                                            std::unique_ptr<SampleIterator> raw, int64_t mint,
                                            int64_t maxt, bool start_times);

}  // namespace tidemark::tsdb
