#include "server/cli/verify.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tsdb/base/log.h"
#include "tsdb/verify/repair.h"
#include "tsdb/verify/verifier.h"

namespace tidemark::server {
namespace {

constexpr double kMiB = 1 << 20;

struct VerifyFlags {
  std::string folder;
  bool repair = false;
};

std::string FindingLines(const tsdb::Findings& findings) {
  std::string out;
  for (const tsdb::Finding& finding : findings.list()) {
    const bool note = finding.weight == tsdb::Finding::Weight::kNote;
    out += fmt::format("{}: {}: {}: {}\n", note ? "note" : "ERROR", finding.where, finding.what,
                       finding.problem);
  }
  if (findings.left_out() > 0) out += fmt::format("and {} more\n", findings.left_out());
  return out;
}

std::string CountLines(const tsdb::VerifyReport& report) {
  const tsdb::VerifyCounts& counts = report.counts;
  std::string out =
      fmt::format("{:.1f} MiB in {} tables and {} logs\n", static_cast<double>(counts.bytes) / kMiB,
                  counts.tables, counts.logs);
  if (!report.opened) return out + "the database does not open: only its files were looked at\n";
  return out + fmt::format(
                   "{} series of {} tenants; {} samples in {} blocks; {} hours and days of "
                   "aggregates; {} samples in {} journal "
                   "records; {} exemplars, {} metadata\n",
                   counts.series, counts.tenants, counts.block_samples, counts.blocks,
                   counts.tier_windows, counts.journal_samples, counts.journal_records,
                   counts.exemplars, counts.metadata);
}

void Print(const tsdb::VerifyReport& report) {
  std::string out = FindingLines(report.findings) + CountLines(report);
  out += report.sound() ? "everything is as it should be\n"
                        : fmt::format("{} things are wrong\n", report.findings.errors());
  std::fputs(out.c_str(), stdout);
}

int Fail(const Status& status) {
  const std::string message(MessageOf(status));
  std::fprintf(stderr, "%s\n", message.c_str());
  return 1;
}

int Repair(const std::string& folder) {
  const StatusOr<tsdb::RepairReport> repaired = tsdb::RepairDatabase(folder);
  if (!repaired.ok()) return Fail(repaired.status());
  std::string out =
      fmt::format("\nall that can be read of {} is in {} now\n", folder, repaired->path);
  for (const std::string& loss : repaired->losses) out += "LOST: " + loss + "\n";
  out += fmt::format("lost: {} series, {} samples that are known of\n", repaired->lost_series,
                     repaired->lost_samples);
  std::fputs(out.c_str(), stdout);
  Print(repaired->result);
  return repaired->result.sound() ? 0 : 1;
}

int Verify(const VerifyFlags& flags) {
  // What RocksDB logs of damage is among the findings.
  SetLogLevel(LogLevel::kError);
  const StatusOr<tsdb::VerifyReport> report = tsdb::Verifier(flags.folder).Run();
  if (!report.ok()) return Fail(report.status());
  Print(*report);
  if (report->sound()) return 0;
  return flags.repair ? Repair(flags.folder) : 1;
}

}  // namespace

void AddVerifyCommand(CLI::App& app, int& exit_code) {
  const auto flags = std::make_shared<VerifyFlags>();
  CLI::App* verify = app.add_subcommand("verify", "Says what is wrong with a data folder");
  verify->add_option("folder", flags->folder, "Data folder, or a snapshot; of no running server")
      ->required();
  verify->add_flag("--repair", flags->repair,
                   "If anything is wrong: salvages what can be read into FOLDER.repaired");
  verify->callback([flags, &exit_code] { exit_code = Verify(*flags); });
}

}  // namespace tidemark::server
