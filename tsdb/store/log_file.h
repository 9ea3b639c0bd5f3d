// ReadLogFile: what RocksDB's write ahead log puts into the families, without
// opening the database.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Calls use(family, key, value) for every Put and Merge of every batch that can
// be read, in order, and lost(what) for every part of the file that cannot.
// Ranges that were deleted are passed over: what Tidemark deletes lies before
// one of its marks.
//   kUnavailable  the file cannot be read at all
Status ReadLogFile(const std::string& path,
                   const std::function<void(Family, std::string_view, std::string_view)>& use,
                   const std::function<void(const std::string&)>& lost);

}  // namespace tidemark::tsdb
