// ReadTrimMark: where the journal begins.  Records before the mark are sealed,
// and may still be there until RocksDB leaves them out of a table; no reader of
// the journal looks at them.
#pragma once

#include <cstdint>

#include "tsdb/base/status.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// 1 when nothing was trimmed yet.
//   kDataLoss  the mark is damaged
StatusOr<uint64_t> ReadTrimMark(const Store& store);

}  // namespace tidemark::tsdb
