// The merge operator of family raw.  Private to tsdb/store.
#pragma once

#include <rocksdb/merge_operator.h>

#include <memory>

#include "tsdb/base/metrics.h"

namespace tidemark::tsdb {

// Operands and values are run lists (tsdb/chunk/encoded_run.h) of one series and
// block; together they are their union (tsdb/chunk/run_union.h).  Associative, so
// that RocksDB may combine any neighbours; idempotent in the way of a replay, so
// that seals may be repeated after a crash, from any one of them on.
//
// Cuts stay in what is merged in part.  RocksDB asks for a full merge only where
// nothing older exists: there they have done their work, and a value never holds
// one.  A value whose samples were all cut out is empty, and reads as empty.
//
// It never fails: a failing operator makes the whole database read-only.  Bytes
// that are no run are carried along as they are, and counted in `unreadable`;
// a reader of that block gets kDataLoss.
std::shared_ptr<rocksdb::MergeOperator> NewRawMergeOperator(Counter* unreadable);

}  // namespace tidemark::tsdb
