// RocksDB's warnings and errors in our log.  Private to tsdb/store.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace tidemark::tsdb {

// Instead of RocksDB's own file LOG, which lies in the database's folder: once
// an append to it has failed, on a full disk, Debian's build stops the process
// at the next one.
std::shared_ptr<rocksdb::Logger> NewRocksLogger();

}  // namespace tidemark::tsdb
