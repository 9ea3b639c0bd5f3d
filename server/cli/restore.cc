#include "server/cli/restore.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tsdb/snapshot/restore.h"

namespace tidemark::server {
namespace {

constexpr double kMiB = 1 << 20;

struct RestoreFlags {
  std::string snapshot;
  std::string folder;
  bool copy = false;
};

int Restore(const RestoreFlags& flags) {
  const StatusOr<tsdb::RestoreReport> report =
      tsdb::RestoreSnapshot(flags.snapshot, flags.folder, !flags.copy);
  if (!report.ok()) {
    const std::string message(MessageOf(report.status()));
    std::fprintf(stderr, "%s\n", message.c_str());
    return 1;
  }
  const std::string text = fmt::format(
      "restored {} to {}: {:.1f} MiB, {} files linked and {} copied, all checksums right\n",
      flags.snapshot, flags.folder, static_cast<double>(report->bytes) / kMiB, report->linked,
      report->copied);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void AddRestoreCommand(CLI::App& app, int& exit_code) {
  const auto flags = std::make_shared<RestoreFlags>();
  CLI::App* restore = app.add_subcommand("restore", "Makes a data folder of a snapshot");
  restore->add_option("snapshot", flags->snapshot, "Folder of the snapshot")->required();
  restore->add_option("folder", flags->folder, "Data folder to make; empty, or not there yet")
      ->required();
  restore->add_flag("--copy", flags->copy,
                    "Copies every file; without it, tables are links where the disk is the same");
  restore->callback([flags, &exit_code] { exit_code = Restore(*flags); });
}

}  // namespace tidemark::server
