// ExemplarPartitions: the days that have exemplars.
#pragma once

#include <cstdint>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Of any tenant, and reaching into [mint, maxt]; ascending.  `it` is over
// Family::kMeta; one seek each.
StatusOr<std::vector<Partition>> ExemplarPartitions(StoreIterator& it, int64_t mint, int64_t maxt);

}  // namespace tidemark::tsdb
