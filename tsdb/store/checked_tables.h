// CheckedTables: a file system that opens no table which says that its blocks have
// no checksums.  Private to tsdb/store.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace tidemark::tsdb {

// RocksDB believes the kind of checksum that a footer names.  Where damage has made
// it "none", and a handle beside it point anywhere, four zeros pass for the checksum
// of what is there, and a compression that RocksDB does not know then ends the process
// (CompressionTypeSupported in util/compression.h asserts, in Debian's build of 7.8).
// Opening such a table is Corruption, like any other footer that cannot be right.
//
// Threads: as `base`.
std::shared_ptr<rocksdb::FileSystem> CheckedTables(std::shared_ptr<rocksdb::FileSystem> base);

}  // namespace tidemark::tsdb
