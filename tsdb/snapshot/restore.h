// RestoreSnapshot: a snapshot becomes a data folder.
#pragma once

#include <cstdint>
#include <string>

#include "tsdb/base/status.h"

namespace tidemark::tsdb {

struct RestoreReport {
  uint64_t linked = 0;  // files
  uint64_t copied = 0;
  uint64_t bytes = 0;  // of all of them
  uint64_t journal_next = 0;
  int64_t created_ms = 0;
};

// Checks every file of the snapshot in `from`, then makes `to` a folder that
// Storage::Open takes.  What a database never changes (tables of RocksDB) is
// hard-linked where the file system allows it and `may_link`, all else is
// copied; the snapshot stays as it is.  A failure leaves nothing in `to`; what a
// restore that died leaves there, Storage::Open refuses.
//   kFailedPrecondition  `to` exists and is not empty, or the snapshot was
//                        written by a newer version
//   kNotFound, kDataLoss, kUnavailable  as CheckSnapshot
StatusOr<RestoreReport> RestoreSnapshot(const std::string& from, const std::string& to,
                                        bool may_link);

}  // namespace tidemark::tsdb
