#include "tsdb/store/rocks_env.h"

#include <utility>

#include "tsdb/store/checked_tables.h"
#include "tsdb/store/faulty_file_system.h"

namespace tidemark::tsdb {

std::shared_ptr<rocksdb::Env> NewRocksEnv() {
  std::shared_ptr<rocksdb::FileSystem> base = FaultyFileSystem();
  if (base == nullptr) base = rocksdb::FileSystem::Default();
  return rocksdb::NewCompositeEnv(CheckedTables(std::move(base)));
}

}  // namespace tidemark::tsdb
