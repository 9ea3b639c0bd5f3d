// The file system that RocksDB is given.  Private to tsdb/store.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace tidemark::tsdb {

// The machine's, or that of DiskFaults (tsdb/store/disk_faults.h).
std::shared_ptr<rocksdb::Env> NewRocksEnv();

}  // namespace tidemark::tsdb
