// The file system that RocksDB is given.  Private to tsdb/store.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>

namespace tidemark::tsdb {

// The machine's, or that of DiskFaults (tsdb/store/disk_faults.h); every I/O error
// of a file that is written says that it may be tried again.
//
// RocksDB 7.8 takes an I/O error for the end unless it says so: after one on its
// log or manifest it refuses writes until the process starts anew.  With it,
// Store::Resume flushes what is in memory and goes on with a new log and a new
// manifest.  Nothing rests on a file after its error, so nothing is lost by that
// (a kernel may drop pages after a sync that failed).
std::shared_ptr<rocksdb::Env> NewRocksEnv();

}  // namespace tidemark::tsdb
