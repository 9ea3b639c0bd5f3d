// The file system that RocksDB is given.  Private to tsdb/store.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace tidemark::tsdb {

// The machine's, or that of DiskFaults (tsdb/store/disk_faults.h), with CheckedTables
// (tsdb/store/checked_tables.h) over it.
std::shared_ptr<rocksdb::Env> NewRocksEnv();

}  // namespace tidemark::tsdb
