#include "tsdb/snapshot/restore.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "tsdb/snapshot/manifest.h"

namespace tidemark::tsdb {
namespace {

namespace fs = std::filesystem;

Status RefuseUsedFolder(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return OkStatus();
  if (fs::is_directory(folder, error) && fs::is_empty(folder, error) && !error) return OkStatus();
  return FailedPrecondition(
      fmt::format("{} is not an empty folder: give one that is empty or not there", folder));
}

Status Transfer(const std::string& from, const std::string& to, bool may_link,
                RestoreReport& report) {
  std::error_code error;
  fs::create_directories(fs::path(to).parent_path(), error);
  if (error)
    return Unavailable(fmt::format("cannot create a folder for {}: {}", to, error.message()));
  if (may_link && fs::path(from).extension() == ".sst") {
    fs::create_hard_link(from, to, error);
    if (!error) {
      ++report.linked;
      return OkStatus();
    }
  }
  ++report.copied;
  return CopyToNewFile(from, to);
}

// Without it a database is refused.
bool IsCurrent(const SnapshotManifest::File& file) {
  return fs::path(file.path).filename() == "CURRENT";
}

Status TransferIf(bool current, const SnapshotManifest& manifest, const std::string& from,
                  const std::string& to, bool may_link, RestoreReport& report) {
  std::set<std::string> folders = {to};
  for (const SnapshotManifest::File& file : manifest.files) {
    if (IsCurrent(file) != current) continue;
    const std::string target = to + "/" + file.path;
    RETURN_IF_ERROR(Transfer(from + "/" + file.path, target, may_link, report));
    report.bytes += file.sum.bytes;
    folders.insert(fs::path(target).parent_path().string());
  }
  for (const std::string& folder : folders) RETURN_IF_ERROR(SyncFolder(folder));
  return OkStatus();
}

// A manifest of RocksDB that was copied in part opens, as the database was before
// its end: so what names it comes when all else is there.
Status TransferAll(const SnapshotManifest& manifest, const std::string& from, const std::string& to,
                   bool may_link, RestoreReport& report) {
  RETURN_IF_ERROR(TransferIf(false, manifest, from, to, may_link, report));
  return TransferIf(true, manifest, from, to, may_link, report);
}

}  // namespace

StatusOr<RestoreReport> RestoreSnapshot(const std::string& from, const std::string& to,
                                        bool may_link) {
  RETURN_IF_ERROR(RefuseUsedFolder(to));
  ASSIGN_OR_RETURN(const SnapshotManifest manifest, CheckSnapshot(from));
  RestoreReport report;
  report.journal_next = manifest.journal_next;
  report.created_ms = manifest.created_ms;
  const Status status = TransferAll(manifest, from, to, may_link, report);
  if (status.ok()) return report;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(to, error)) fs::remove_all(entry.path(), error);
  return status;
}

}  // namespace tidemark::tsdb
