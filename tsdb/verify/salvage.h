// SalvageSource: what can still be read of a database, family by family.
//
// Where the database opens and can be scanned from end to end, that is its
// content.  Otherwise its tables and logs are read one by one, by number, as far
// as each can be; then a key may come more than once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/metrics.h"
#include "tsdb/base/status.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: one.
class SalvageSource {
 public:
  // `folder`: of RocksDB.
  explicit SalvageSource(const std::string& folder);

  // Calls use(key, value) for all that the family still has.
  void ForEach(Family family, const std::function<void(std::string_view, std::string_view)>& use);

  // Whether the database was read as a whole.
  bool whole() const { return store_ != nullptr; }
  // What could not be read: files, and keys within them.
  const std::vector<std::string>& losses() const { return losses_; }

 private:
  bool CanScan(const Store& store) const;
  void ReadTables(Family family,
                  const std::function<void(std::string_view, std::string_view)>& use);
  void ReadLogs(Family family, const std::function<void(std::string_view, std::string_view)>& use);
  void Lost(std::string what);

  const std::string folder_;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  std::vector<std::string> losses_;
};

}  // namespace tidemark::tsdb
