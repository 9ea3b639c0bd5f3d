// WidenBlocks: the upgrade to format 3, whose blocks are a day long.
#pragma once

#include "tsdb/base/status.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Moves the blocks of four hours of format 2 into the blocks that hold their time,
// and flushes them.  May be cut short and begun again: a block is moved in one batch,
// and the union of what was moved twice is the same.
//
//   kDataLoss     a block that cannot be read; `tidemark verify` says which
//   kUnavailable  as of Store::Write
Status WidenBlocks(Store& store);

}  // namespace tidemark::tsdb
