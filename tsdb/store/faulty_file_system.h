// What DiskFaults puts under RocksDB.  Private to tsdb/store.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace tidemark::tsdb {

// Null where no DiskFaults lives.
std::shared_ptr<rocksdb::FileSystem> FaultyFileSystem();

}  // namespace tidemark::tsdb
