#include "tsdb/snapshot/snapshot.h"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <random>

#include "tsdb/base/log.h"
#include "tsdb/snapshot/manifest.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {
namespace {

constexpr std::string_view kUnfinished = ".tmp";

std::string NewName(int64_t now_ms) {
  const std::time_t seconds = now_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char time[32];
  std::strftime(time, sizeof(time), "%Y%m%dT%H%M%SZ", &utc);
  std::random_device random;
  return fmt::format("{}-{:08x}{:08x}", time, random(), random());
}

// What a crash left of earlier ones.
void RemoveUnfinished(const std::filesystem::path& snapshots) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(snapshots, error)) {
    if (entry.path().extension() != kUnfinished) continue;
    Log(LogLevel::kInfo, "removing a snapshot that was not finished",
        {{"path", entry.path().string()}});
    std::filesystem::remove_all(entry.path(), error);
  }
}

Status Fill(const std::string& folder, Store& store, const Journal& journal, Sealer& sealer,
            int64_t now_ms) {
  SnapshotManifest manifest;
  manifest.format_version = kFormatVersion;
  manifest.created_ms = now_ms;
  manifest.journal_next = journal.durable();
  // RocksDB takes its list of files before its log: a seal in between would
  // leave a copy whose journal is trimmed and whose blocks are missing.
  RETURN_IF_ERROR(sealer.Between([&] { return store.Checkpoint(folder + "/db"); }));
  RETURN_IF_ERROR(FaultPoint("snapshot.copied"));
  ASSIGN_OR_RETURN(manifest.files, ListFiles(folder));
  RETURN_IF_ERROR(WriteNewFile(folder + std::string(kManifestName), EncodeManifest(manifest)));
  return SyncFolder(folder);
}

Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (!error) return OkStatus();
  return Unavailable(fmt::format("cannot rename {} to {}: {}", from, to, error.message()));
}

}  // namespace

StatusOr<std::string> TakeSnapshot(const std::string& path, Store& store, const Journal& journal,
                                   Sealer& sealer, const Clock& clock) {
  const std::string snapshots = path + "/snapshots";
  const int64_t now_ms = clock.NowMs();
  const std::string name = NewName(now_ms);
  const std::string finished = snapshots + "/" + name;
  const std::string folder = finished + std::string(kUnfinished);
  std::error_code error;
  RemoveUnfinished(snapshots);
  std::filesystem::create_directories(folder, error);
  if (error) return Unavailable(fmt::format("cannot create {}: {}", folder, error.message()));
  Status status = Fill(folder, store, journal, sealer, now_ms);
  if (status.ok()) status = Rename(folder, finished);
  if (status.ok()) status = SyncFolder(snapshots);
  if (!status.ok()) {
    std::filesystem::remove_all(folder, error);
    return Unavailable(fmt::format("no snapshot was taken: {}", MessageOf(status)));
  }
  RETURN_IF_ERROR(FaultPoint("snapshot.finished"));
  return name;
}

}  // namespace tidemark::tsdb
