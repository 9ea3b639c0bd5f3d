// RepairDatabase: salvages all that is readable of a data folder into a new one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/verify/verifier.h"

namespace tidemark::tsdb {

struct RepairReport {
  std::string path;                 // of the new data folder
  std::vector<std::string> losses;  // what is not in it, and why
  uint64_t lost_series = 0;
  // That are known of: a block that cannot be read does not say how many it has.
  uint64_t lost_samples = 0;
  VerifyReport result;  // of the new one
};

// Reads `path` (as StorageOptions::path), which stays as it is, and makes
// `<path>.repaired`.  Snapshots stay where they are.
//   kNotFound            there is no database
//   kFailedPrecondition  a process has it open, or the new folder exists
//   kUnavailable         the new one cannot be written; it is removed again
StatusOr<RepairReport> RepairDatabase(const std::string& path);

}  // namespace tidemark::tsdb
