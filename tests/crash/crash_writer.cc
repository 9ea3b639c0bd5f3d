// crash_writer DIR STEP HITS FIRST...: commits without end, from the number
// FIRST on for each writer, and prints "writer number" for each commit that was
// acknowledged.  At the HITS-th time that the step STEP is reached it kills
// itself; with STEP "none" it waits to be killed.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/crash_load.h"
#include "tsdb/storage.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb::crash {
namespace {

[[noreturn]] void Fail(const Status& status) {
  std::fprintf(stderr, "crash_writer: %s\n", status.ToString().c_str());
  std::exit(2);
}

StatusOr<CommitReport> CommitOne(Storage& storage, int writer, uint64_t number, bool wrong) {
  const auto app = storage.NewAppender("default");
  for (const LoadSample& sample : CommitSamples(writer, number)) {
    ASSIGN_OR_RETURN(const SeriesRef ref, app->GetSeries(SeriesLabels(writer, sample.series)));
    const SampleValue value = ValueAt(writer, sample.series, sample.t);
    if (const double* v = std::get_if<double>(&value)) {
      RETURN_IF_ERROR(app->Append(ref, {sample.t, *v + (wrong ? 1 : 0)}));
    } else if (!wrong) {
      RETURN_IF_ERROR(app->AppendHistogram(ref, sample.t, std::get<FloatHistogram>(value)));
    }
  }
  return app->Commit();
}

// Acknowledged samples, sent again with other values, must all be refused.
void ExpectRefused(Storage& storage, int writer, uint64_t number) {
  const auto report = CommitOne(storage, writer, number, true);
  if (!report.ok()) Fail(report.status());
  if (report->written != 0) Fail(Internal("a conflicting sample was taken"));
}

[[noreturn]] void Write(Storage& storage, int writer, uint64_t number) {
  for (;; ++number) {
    const auto report = CommitOne(storage, writer, number, false);
    if (!report.ok()) Fail(report.status());
    if (!report->conflicts.empty()) Fail(Internal("a sample of this load was refused"));
    const std::string line = std::to_string(writer) + " " + std::to_string(number) + "\n";
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(3);
    if (number % 5 == 0) ExpectRefused(storage, writer, number - number % 4);
  }
}

void KillAt(const std::string& step, int hits) {
  if (step == "none") return;
  static std::atomic<int> left{hits};
  SetFaultHookForTest([step](std::string_view at) {
    if (at == step && left.fetch_sub(1) == 1) raise(SIGKILL);
    return OkStatus();
  });
}

int Run(int argc, char** argv) {
  if (argc != 4 + kWriters) return 64;
  Metrics metrics;
  StorageOptions options;
  options.path = argv[1];
  options.raw_retention_ms = 0;
  options.min_free_disk = 0;
  options.memory_bytes = 32 << 20;
  auto storage = Storage::Open(options, metrics);
  if (!storage.ok()) Fail(storage.status());
  KillAt(argv[2], std::atoi(argv[3]));
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    const uint64_t first = std::strtoull(argv[4 + writer], nullptr, 10);
    threads.emplace_back([&storage, writer, first] { Write(**storage, writer, first); });
  }
  while (true) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const Status status = (*storage)->Flush();
    if (!status.ok()) Fail(status);
  }
}

}  // namespace
}  // namespace tidemark::tsdb::crash

int main(int argc, char** argv) { return tidemark::tsdb::crash::Run(argc, argv); }
