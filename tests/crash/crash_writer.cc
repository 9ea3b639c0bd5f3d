// crash_writer write DIR FSYNC DEATH STEP HITS AFTER_MS SEED CLOCK_MS FIRST...
// crash_writer open DIR FSYNC DEATH STEP HITS AFTER_MS SEED CLOCK_MS
// crash_writer restore FROM TO AFTER_US
//
// The first does operations without end, from the number FIRST on for each writer,
// beside seals, snapshots, compactions and a clock that retention follows; the
// second opens the database and closes it; the third restores a snapshot.
//
// It dies after AFTER_MS, or when the step STEP is reached for the HITS-th time.
// DEATH is kill, or cut: then the power goes, and with it some of what was not
// synced.  FSYNC is always or interval.  What it did is a line each on stdout:
//   A writer number   the operation was acknowledged
//   C ms              the clock is going to be this
//   F n...            all that each writer had acknowledged before is sealed
//   S n...            a snapshot begins; each writer has acknowledged that many
//   D name            and is finished
//   K                 it dies at STEP
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/crash_load.h"
#include "tsdb/base/log.h"
#include "tsdb/snapshot/restore.h"
#include "tsdb/storage.h"
#include "tsdb/store/disk_faults.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb::crash {
namespace {

struct Arguments {
  std::string mode, folder, fsync, death, step;
  int hits = 0;
  int after_ms = 0;
  uint64_t seed = 0;
  int64_t clock_ms = 0;
  std::array<uint64_t, kWriters> first{};
};

std::unique_ptr<DiskFaults> disk;  // where the power may go
std::atomic<bool> dying{false};

void Say(const std::string& line) {
  if (write(STDOUT_FILENO, (line + "\n").data(), line.size() + 1) < 0) std::_Exit(3);
}

[[noreturn]] void Die(uint64_t seed) {
  if (dying.exchange(true)) pause();
  if (disk != nullptr) {
    disk->CutPower();
    disk->LoseUnsynced(seed, seed % 2 == 0);
  }
  raise(SIGKILL);
  std::abort();
}

// Errors of operations end the process, but those of a disk without power.
void Check(const Status& status) {
  if (status.ok()) return;
  if (disk != nullptr) pause();  // until it dies
  std::fprintf(stderr, "crash_writer: %s\n", status.ToString().c_str());
  std::_Exit(2);
}

class Load {
 public:
  Load(const Arguments& arguments, FakeClock& clock, Storage& storage)
      : clock_(clock), storage_(storage), random_(arguments.seed) {
    for (size_t i = 0; i < kWriters; ++i) acknowledged_[i] = arguments.first[i] - 1;
  }

  [[noreturn]] void Run() {
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([this, writer] { Write(writer); });
    }
    for (;;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random_() % 20));
      MoveClock();
      Upkeep();
    }
  }

 private:
  void Write(int writer) {
    std::atomic<uint64_t>& acknowledged = acknowledged_[static_cast<size_t>(writer)];
    for (uint64_t number = acknowledged + 1;; ++number) {
      const Operation operation = OperationAt(writer, number);
      Check(operation.matchers.empty() ? Commit(writer, operation) : Delete(writer, operation));
      Say(fmt::format("A {} {}", writer, number));
      acknowledged = number;
    }
  }

  Status Commit(int writer, const Operation& operation) {
    const auto app = storage_.NewAppender(TenantOf(writer));
    for (const LoadSample& sample : operation.samples) {
      ASSIGN_OR_RETURN(const SeriesRef ref, app->GetSeries(SeriesLabels(writer, sample.series)));
      const double* v = std::get_if<double>(&sample.value);
      const Status added =
          v != nullptr ? app->Append(ref, {sample.t, *v}, sample.start)
                       : app->AppendHistogram(ref, sample.t, std::get<FloatHistogram>(sample.value),
                                              sample.start);
      if (added.code() != StatusCode::kOutOfRange) RETURN_IF_ERROR(added);  // past retention
    }
    for (const auto& [series, exemplar] : operation.exemplars) {
      ASSIGN_OR_RETURN(const SeriesRef ref, app->GetSeries(SeriesLabels(writer, series)));
      const Status added = app->AppendExemplar(ref, exemplar);
      if (added.code() != StatusCode::kOutOfRange) RETURN_IF_ERROR(added);
    }
    if (operation.metadata) {
      RETURN_IF_ERROR(app->SetMetadata(operation.metadata->first, operation.metadata->second));
    }
    return app->Commit().status();
  }
  Status Delete(int writer, const Operation& operation) {
    return storage_.Delete(TenantOf(writer), operation.matchers, operation.mint, operation.maxt)
        .status();
  }

  std::string Acknowledged() const {
    return fmt::format("{} {} {}", acknowledged_[0].load(), acknowledged_[1].load(),
                       acknowledged_[2].load());
  }

  // To the newest sample.
  void MoveClock() {
    uint64_t newest = 0;
    for (const auto& one : acknowledged_) newest = std::max(newest, one.load());
    const int64_t now = kStartMs + static_cast<int64_t>(newest) * kStepMs;
    if (now <= clock_.NowMs()) return;
    Say(fmt::format("C {}", now));
    clock_.Set(now);
  }

  void Upkeep() {
    const std::string acknowledged = Acknowledged();
    switch (random_() % 4) {
      case 0:
        Say("S " + acknowledged);
        return Snapshot();
      case 1:
        Check(storage_.CleanTombstones());
        break;
      default:
        Check(storage_.Flush());
    }
    Say("F " + acknowledged);
  }
  void Snapshot() {
    const auto name = storage_.Snapshot();
    Check(name.status());
    Say("D " + *name);
  }

  FakeClock& clock_;
  Storage& storage_;
  std::mt19937_64 random_;
  std::array<std::atomic<uint64_t>, kWriters> acknowledged_{};
};

void DieAt(const Arguments& arguments) {
  static std::atomic<int> left{arguments.hits};
  SetFaultHookForTest([step = arguments.step, seed = arguments.seed](std::string_view at) {
    if (at != step || left.fetch_sub(1) != 1) return OkStatus();
    Say("K");
    Die(seed);
  });
  if (arguments.after_ms == 0) return;
  std::thread([&arguments] {
    std::this_thread::sleep_for(std::chrono::milliseconds(arguments.after_ms));
    Die(arguments.seed);
  }).detach();
}

int RunDatabase(const Arguments& arguments) {
  SetLogLevel(LogLevel::kError);
  if (arguments.death == "cut") disk = std::make_unique<DiskFaults>();
  static FakeClock clock{arguments.clock_ms};
  static Metrics metrics;
  StorageOptions options;
  options.path = arguments.folder;
  options.fsync = arguments.fsync == "always" ? FsyncMode::kAlways : FsyncMode::kInterval;
  options.fsync_interval_ms = 20;
  options.raw_retention_ms = kRetentionMs;
  options.series_idle_ms = 4 * 3'600'000;
  options.conflicts.tenants["last"] = ConflictPolicy::kLast;
  options.min_free_disk = 0;
  options.memory_bytes = 32 << 20;
  options.clock = &clock;
  DieAt(arguments);
  auto storage = Storage::Open(options, metrics);
  Check(storage.status());
  if (arguments.mode == "write") Load(arguments, clock, **storage).Run();
  Check((*storage)->Close());
  std::_Exit(0);  // with a thread that still waits to die
}

int RunRestore(char** argv) {
  std::thread([after = std::atoi(argv[4])] {
    std::this_thread::sleep_for(std::chrono::microseconds(after));
    raise(SIGKILL);
  }).detach();
  Check(RestoreSnapshot(argv[2], argv[3], false).status());
  std::_Exit(0);
}

int Run(int argc, char** argv) {
  Arguments arguments;
  if (argc == 5 && std::string(argv[1]) == "restore") return RunRestore(argv);
  if (argc != 10 && argc != 10 + kWriters) return 64;
  arguments.mode = argv[1];
  arguments.folder = argv[2];
  arguments.fsync = argv[3];
  arguments.death = argv[4];
  arguments.step = argv[5];
  arguments.hits = std::atoi(argv[6]);
  arguments.after_ms = std::atoi(argv[7]);
  arguments.seed = std::strtoull(argv[8], nullptr, 10);
  arguments.clock_ms = std::strtoll(argv[9], nullptr, 10);
  for (int i = 10; i < argc; ++i) {
    arguments.first[static_cast<size_t>(i - 10)] = std::strtoull(argv[i], nullptr, 10);
  }
  return RunDatabase(arguments);
}

}  // namespace
}  // namespace tidemark::tsdb::crash

int main(int argc, char** argv) { return tidemark::tsdb::crash::Run(argc, argv); }
