#include "tsdb/store/log_tail.h"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "tsdb/base/files.h"
#include "tsdb/base/log.h"
#include "tsdb/store/database_files.h"
#include "tsdb/store/log_records.h"

namespace tidemark::tsdb {
namespace {

namespace fs = std::filesystem;

// Where the garbage begins; the file's size when there is none at its end, or
// when there is damage before it, too.
uint64_t TailOf(const std::string& bytes) {
  LogRecords records(bytes);
  while (records.Next()) {
  }
  if (records.damage().empty() || !records.damage().front().at_end) return bytes.size();
  return records.damage().front().begin;
}

bool Cut(const std::string& folder, const std::string& path, const std::string& bytes,
         uint64_t tail) {
  const std::string name = fs::path(path).filename().string();
  const std::string kept = fmt::format("{}/lost-{}-{}", folder, name, tail);
  std::error_code error;
  fs::remove(kept, error);
  const Status saved = WriteNewFile(kept, std::string_view(bytes).substr(tail));
  if (!saved.ok()) {
    Log(LogLevel::kError, "the end of RocksDB's log is no record and cannot be cut off",
        {{"error", MessageOf(saved)}});
    return false;
  }
  fs::resize_file(path, tail, error);
  if (error) return false;
  Log(LogLevel::kWarn,
      "RocksDB's log ended in bytes that are no record, as a power cut leaves them; cut off",
      {{"log", path}, {"from", tail}, {"bytes", bytes.size() - tail}, {"kept_in", kept}});
  return true;
}

}  // namespace

bool CutLogTail(const std::string& folder) {
  const std::vector<std::string> logs = LogPaths(folder);
  for (auto path = logs.rbegin(); path != logs.rend(); ++path) {
    const auto bytes = ReadWholeFile(*path);
    if (!bytes.ok()) return false;
    if (bytes->empty()) continue;
    const uint64_t tail = TailOf(*bytes);
    return tail < bytes->size() && Cut(folder, *path, *bytes, tail);
  }
  return false;
}

}  // namespace tidemark::tsdb
