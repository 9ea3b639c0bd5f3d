// The files of a RocksDB folder, looked at one by one: what can be said of a
// database that does not open.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tsdb/base/status.h"

namespace tidemark::tsdb {

// By number, so roughly by age.
std::vector<std::string> TablePaths(const std::string& folder);  // *.sst
std::vector<std::string> LogPaths(const std::string& folder);    // *.log

// Keeps other processes from opening the database as long as it lives.
class DatabaseLock {
 public:
  virtual ~DatabaseLock() = default;
  //   kFailedPrecondition  a process has it open
  static StatusOr<std::unique_ptr<DatabaseLock>> Take(const std::string& folder);
};

struct FileProblem {
  std::string file;  // its name in the folder
  std::string what;
  // The last log ends within a record: a crash leaves it so, and opening passes
  // over it.
  bool harmless = false;
};

struct DatabaseFiles {
  uint64_t tables = 0;
  uint64_t logs = 0;
  uint64_t log_records = 0;
  uint64_t bytes = 0;
  std::vector<FileProblem> problems;
};

// Reads CURRENT, the manifest, every table and every log, and compares all their
// checksums.  Threads: any, while nobody writes.
DatabaseFiles CheckDatabaseFiles(const std::string& folder);

}  // namespace tidemark::tsdb
