// How RocksDB is set up, and why.  Private to tsdb/store.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/write_buffer_manager.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// As the column family is called on disk.
std::string_view FamilyName(Family family);

// What write buffers may take: writes are refused past it.  RocksDB begins to
// flush at three quarters of it, so that ordinary load never comes that far.
uint64_t WriteBufferBudget(const StoreOptions& options);

rocksdb::DBOptions MakeDbOptions(const std::shared_ptr<rocksdb::WriteBufferManager>& write_buffers);

// `cache` is shared by all families.  With a small write buffer: the database
// is given the real one, WriteBufferBytes, once it is open.
rocksdb::ColumnFamilyOptions MakeFamilyOptions(
    Family family, const std::shared_ptr<rocksdb::Cache>& cache,
    const std::shared_ptr<rocksdb::MergeOperator>& raw_merge);

uint64_t WriteBufferBytes(Family family, const StoreOptions& options);

}  // namespace tidemark::tsdb
