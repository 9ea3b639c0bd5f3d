#include "tsdb/verify/verifier.h"

#include <fmt/format.h>

#include <filesystem>

#include "tsdb/store/database_files.h"
#include "tsdb/store/store.h"
#include "tsdb/verify/checks.h"

namespace tidemark::tsdb {
namespace {

// Memtables hold what the log has, whatever this says; blocks are read once.
constexpr uint64_t kMemoryBytes = 64 << 20;

}  // namespace

void Verifier::CheckFiles(VerifyReport& report) const {
  const DatabaseFiles files = CheckDatabaseFiles(path_ + "/db");
  report.counts.tables = files.tables;
  report.counts.logs = files.logs;
  report.counts.bytes = files.bytes;
  for (const FileProblem& problem : files.problems) {
    if (problem.harmless) {
      report.findings.Note("files", problem.file,
                           problem.what + "; what was not acknowledged when the process died");
    } else {
      report.findings.Error("files", problem.file, problem.what);
    }
  }
}

void Verifier::CheckFamilies(VerifyReport& report) const {
  Metrics metrics;
  StoreOptions options;
  options.path = path_ + "/db";
  options.memory_bytes = kMemoryBytes;
  const auto store = Store::OpenReadOnly(options, metrics);
  if (!store.ok()) {
    report.findings.Error("files", "the database",
                          fmt::format("does not open: {}", MessageOf(store.status())));
    return;
  }
  report.opened = true;
  VerifyContext context{**store, report.findings, report.counts, {}, {}, 1};
  CheckCatalog(context);
  CheckJournal(context);
  CheckRaw(context);
  CheckTiers(context);
  CheckMeta(context);
}

StatusOr<VerifyReport> Verifier::Run() {
  const std::string folder = path_ + "/db";
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return NotFound(fmt::format("there is no database in {}: it has no folder db", path_));
  }
  ASSIGN_OR_RETURN(const auto lock, DatabaseLock::Take(folder));
  VerifyReport report;
  CheckFiles(report);
  CheckFamilies(report);
  return report;
}

}  // namespace tidemark::tsdb
