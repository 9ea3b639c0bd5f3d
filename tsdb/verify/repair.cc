#include "tsdb/verify/repair.h"

#include <fmt/format.h>

#include <filesystem>

#include "tsdb/store/database_files.h"
#include "tsdb/verify/rebuild.h"
#include "tsdb/verify/salvage.h"

namespace tidemark::tsdb {
namespace {

Status RefuseExisting(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return OkStatus();
  return FailedPrecondition(
      fmt::format("{} exists: a repair writes there; move it away first", path));
}

Status Rebuild(SalvageSource& source, Rebuilder& rebuilder) {
  using std::string_view;
  source.ForEach(Family::kCatalog,
                 [&](string_view key, string_view value) { rebuilder.TakeCatalog(key, value); });
  RETURN_IF_ERROR(rebuilder.FinishCatalog());
  source.ForEach(Family::kMeta,
                 [&](string_view key, string_view value) { rebuilder.TakeMeta(key, value); });
  RETURN_IF_ERROR(rebuilder.FinishMeta());
  source.ForEach(Family::kJournal,
                 [&](string_view key, string_view value) { rebuilder.TakeJournal(key, value); });
  RETURN_IF_ERROR(rebuilder.FinishJournal());
  source.ForEach(Family::kRaw,
                 [&](string_view key, string_view value) { rebuilder.TakeRaw(key, value); });
  RETURN_IF_ERROR(rebuilder.FinishRaw());
  source.ForEach(Family::kTiers,
                 [&](string_view key, string_view value) { rebuilder.TakeTiers(key, value); });
  return rebuilder.FinishTiers();
}

Status FlushAll(Store& store) {
  const Family all[] = {Family::kCatalog, Family::kJournal, Family::kRaw, Family::kMeta,
                        Family::kTiers};
  RETURN_IF_ERROR(store.Flush(all));
  RETURN_IF_ERROR(store.Compact(Family::kRaw));
  return store.SyncLog();
}

Status Salvage(const std::string& from, RepairReport& report) {
  SalvageSource source(from + "/db");
  Metrics metrics;
  StoreOptions options;
  options.path = report.path + "/db";
  options.memory_bytes = 256 << 20;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(options, metrics));
  Rebuilder rebuilder(*store);
  RETURN_IF_ERROR(Rebuild(source, rebuilder));
  RETURN_IF_ERROR(FlushAll(*store));
  report.losses = source.losses();
  report.losses.insert(report.losses.end(), rebuilder.losses().begin(), rebuilder.losses().end());
  report.lost_samples = rebuilder.lost_samples();
  report.lost_series = rebuilder.lost_series();
  return OkStatus();
}

}  // namespace

StatusOr<RepairReport> RepairDatabase(const std::string& path) {
  const std::string folder = path + "/db";
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return NotFound(fmt::format("there is no database in {}: it has no folder db", path));
  }
  RepairReport report;
  report.path = path + ".repaired";
  RETURN_IF_ERROR(RefuseExisting(report.path));
  ASSIGN_OR_RETURN(const auto lock, DatabaseLock::Take(folder));
  const Status salvaged = Salvage(path, report);
  if (!salvaged.ok()) {
    std::filesystem::remove_all(report.path, error);
    return Unavailable(fmt::format("{} cannot be written: {}", report.path, MessageOf(salvaged)));
  }
  ASSIGN_OR_RETURN(report.result, Verifier(report.path).Run());
  return report;
}

}  // namespace tidemark::tsdb
