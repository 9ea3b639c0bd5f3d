// StoredBlocks: which blocks of a series raw has in some intervals.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tsdb/model/time_intervals.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// The ends of the blocks that may hold samples of `times`, ascending.  Reads the
// keys: one seek for each of `partitions` that they overlap.  Where a table cannot
// be read, that is all blocks that the partition could have.
std::vector<int64_t> StoredBlocks(const Store& store, std::span<const Partition> partitions,
                                  TenantId tenant, SeriesId series, const TimeIntervals& times);

}  // namespace tidemark::tsdb
