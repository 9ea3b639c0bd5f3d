// The merge operator of family raw.  Private to tsdb/store.
#pragma once

#include <rocksdb/merge_operator.h>

#include <memory>

#include "tsdb/base/metrics.h"

namespace tidemark::tsdb {

// Operands and values are encoded runs (tsdb/chunk/encoded_run.h) of one series
// and block; together they are their union, in which of two samples of one time
// the earlier operand's wins.  Associative and idempotent, so that RocksDB may
// combine any neighbours, and a seal may be repeated after a crash.
//
// It never fails: a failing operator makes the whole database read-only.  Bytes
// that are no run are carried along as they are, and counted in `unreadable`;
// a reader of that block gets kDataLoss.
std::shared_ptr<rocksdb::MergeOperator> NewRawMergeOperator(Counter* unreadable);

}  // namespace tidemark::tsdb
