// TableFile: one of RocksDB's tables (NNNNNN.sst), read on its own, so that a
// database that does not open, or a table with a damaged block, gives what it
// still has.
//
//   ASSIGN_OR_RETURN(auto table, TableFile::Open(path));
//   table->ForEach([](key, value) { … }, [](const KeyGap& gap) { … });
//
// Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Keys between these two, both exclusive, could not be read.
struct KeyGap {
  std::string after;                  // "": from the first one on
  std::optional<std::string> before;  // none: to the last one
  std::string what;
};

class TableFile {
 public:
  //   kDataLoss  its footer, index or properties cannot be read
  static StatusOr<std::unique_ptr<TableFile>> Open(const std::string& path);
  virtual ~TableFile() = default;

  // Whose it is; none for RocksDB's default family, or one that is not known.
  virtual std::optional<Family> family() const = 0;
  // What says that keys, or ranges of them, were deleted from older tables.
  virtual uint64_t deletions() const = 0;
  // Keys, those that say that something was deleted included.
  virtual uint64_t entries() const = 0;

  // Reads every block.
  //   kDataLoss  one is damaged; the message names its place in the file
  virtual Status VerifyChecksums() = 0;

  // The newest value of every key that can be read, in order; of kRaw, the union
  // of its operands in this table, cuts included.  Keys that were deleted are left
  // out; deleted ranges are not known here.
  virtual void ForEach(const std::function<void(std::string_view, std::string_view)>& use,
                       const std::function<void(const KeyGap&)>& lost) = 0;
};

}  // namespace tidemark::tsdb
