// RocksDB's Status in our terms.  Private to tsdb/store.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::tsdb {

// `what` was being done: "read of raw".
Status FromReadStatus(const rocksdb::Status& status, std::string_view what);
Status FromWriteStatus(const rocksdb::Status& status, std::string_view what);
Status FromOpenStatus(const rocksdb::Status& status, std::string_view path);

}  // namespace tidemark::tsdb
