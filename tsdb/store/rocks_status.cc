#include "tsdb/store/rocks_status.h"

#include <fmt/format.h>

#include <string>

namespace tidemark::tsdb {

Status FromReadStatus(const rocksdb::Status& status, std::string_view what) {
  if (status.ok()) return OkStatus();
  return DataLoss(fmt::format("{} failed: {}", what, status.ToString()));
}

Status FromWriteStatus(const rocksdb::Status& status, std::string_view what) {
  if (status.ok()) return OkStatus();
  if (status.IsNoSpace()) {
    return Unavailable(fmt::format(
        "{} failed: no space left on the device; free some, writing resumes by itself", what));
  }
  if (status.IsIncomplete()) {
    return Unavailable(fmt::format("{} put off: the database is busy compacting", what));
  }
  if (status.IsBusy()) {
    return Unavailable(fmt::format(
        "{} put off: the database waits for space after the disk was full; it looks every few "
        "seconds",
        what));
  }
  if (status.IsCorruption()) return DataLoss(fmt::format("{} failed: {}", what, status.ToString()));
  return Unavailable(fmt::format("{} failed: {}", what, status.ToString()));
}

Status FromOpenStatus(const rocksdb::Status& status, std::string_view path) {
  if (status.ok()) return OkStatus();
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("lock") != std::string::npos) {
    return FailedPrecondition(
        fmt::format("the database in {} is in use by another process: {}", path, text));
  }
  // A file that another one names, CURRENT or the manifest.
  if (status.IsIOError() && !status.IsPathNotFound()) {
    return FailedPrecondition(fmt::format("cannot open the database in {}: {}", path, text));
  }
  return DataLoss(fmt::format("the database in {} cannot be read: {}", path, text));
}

}  // namespace tidemark::tsdb
