// A writer under load dies, again and again over the same database: at random
// moments, at every named step, while it opens the database, with the power or
// without.  After each time everything that it said was acknowledged must be
// there, nothing twice, nothing that it did not write, and no delete undone.
//
// More rounds by hand: TIDEMARK_CRASH_ROUNDS=20 is twenty times as many.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "tests/crash/crash_load.h"
#include "tests/crash/crash_model.h"
#include "tsdb/base/log.h"
#include "tsdb/snapshot/restore.h"
#include "tsdb/storage.h"
#include "tsdb/tier/tiers_for_test.h"

namespace tidemark::tsdb::crash {
namespace {

int Rounds(int usual) {
  const char* factor = std::getenv("TIDEMARK_CRASH_ROUNDS");
  return factor == nullptr ? usual : usual * std::atoi(factor);
}

using Counts = std::array<uint64_t, kWriters>;  // operations of each writer

// How a writer is to die.
struct Death {
  std::string fsync = "always";
  std::string kind = "kill";
  std::string step = "none";
  uint64_t hits = 1;
  uint64_t after_ms = 0;
};

class CrashTest : public testing::Test {
 protected:
  void SetUp() override {
    SetLogLevel(LogLevel::kError);
    std::string pattern = testing::TempDir() + "crash_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::random_device device;
    const uint64_t seed = device();
    RecordProperty("seed", std::to_string(seed));
    random_.seed(seed);
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    SetLogLevel(LogLevel::kInfo);
  }

  uint64_t Below(uint64_t n) { return random_() % n; }
  std::string data() const { return folder_ + "/data"; }

  // The output of a process that is started with these arguments, until it is dead.
  std::string RunProcess(std::vector<std::string> args, int& status) {
    args.insert(args.begin(), CRASH_WRITER);
    std::vector<char*> argv;
    for (std::string& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    int fds[2];
    EXPECT_EQ(pipe(fds), 0);
    const pid_t child = fork();
    if (child == 0) {
      dup2(fds[1], STDOUT_FILENO);
      close(fds[0]);
      close(fds[1]);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(fds[1]);
    std::string out;
    char buffer[4096];
    for (ssize_t n; (n = read(fds[0], buffer, sizeof(buffer))) > 0;) {
      out.append(buffer, static_cast<size_t>(n));
    }
    close(fds[0]);
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return out;
  }

  std::vector<std::string> ArgumentsOf(const char* mode, const Death& death) {
    return {mode,
            data(),
            death.fsync,
            death.kind,
            death.step,
            std::to_string(death.hits),
            std::to_string(death.after_ms),
            std::to_string(random_()),
            std::to_string(clock_ms_)};
  }

  void RunWriter(const Death& death) {
    std::vector<std::string> args = ArgumentsOf("write", death);
    for (const uint64_t n : acknowledged_) args.push_back(std::to_string(n + 1));
    int status = 0;
    durable_ = death.fsync == "always" ? Counts() : acknowledged_;
    ReadLedger(RunProcess(args, status));
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    ASSERT_EQ(WTERMSIG(status), SIGKILL);
    if (death.fsync == "always" || death.kind == "kill") durable_ = acknowledged_;
  }

  void ReadLedger(const std::string& ledger) {
    std::istringstream lines(ledger);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream in(line);
      char what = 0;
      in >> what;
      switch (what) {
        case 'A': {
          size_t writer = 0;
          uint64_t number = 0;
          in >> writer >> number;
          ASSERT_EQ(number, acknowledged_[writer] + 1);
          acknowledged_[writer] = number;
          ++operations_;
          break;
        }
        case 'C':
          in >> clock_ms_;
          break;
        case 'F':
          for (uint64_t& n : durable_) in >> n;
          break;
        case 'S':
          for (uint64_t& n : snapshot_begun_) in >> n;
          break;
        case 'D':
          in >> snapshot_;
          snapshot_has_ = snapshot_begun_;
          break;
        case 'K':
          ++died_at_step_;
          break;
        default:
          FAIL() << line;
      }
    }
  }

  // Opens the database in a process that may die of it, and closes it.
  void RunOpen(Death death) {
    constexpr const char* kSteps[] = {"open.loaded", "open.filled", "store.write", "none"};
    death.step = kSteps[Below(4)];
    death.hits = 1;
    death.after_ms = 1 + Below(25);
    int status = 0;
    died_at_step_ += RunProcess(ArgumentsOf("open", death), status) == "K\n" ? 1 : 0;
    ++opens_;
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
    }
  }

  StatusOr<std::unique_ptr<Storage>> Open(const std::string& path) {
    StorageOptions options;
    options.path = path;
    options.raw_retention_ms = kRetentionMs;
    options.min_free_disk = 0;
    options.memory_bytes = 32 << 20;
    options.clock = &clock_;
    clock_.Set(clock_ms_);
    return Storage::Open(options, metrics_);
  }
  // All windows that are called exact are what the samples come to.
  void ExpectTiers(const Storage& storage) const {
    for (const char* tenant : {"default", "last"}) {
      const auto wrong =
          TiersDifference(storage, tenant, kStartMs - 3 * kRetentionMs, clock_ms_ + kRetentionMs);
      ASSERT_TRUE(wrong.ok()) << wrong.status();
      EXPECT_EQ(*wrong, "") << "of tenant " << tenant;
    }
  }
  int64_t mark() const { return clock_ms_ - kRetentionMs; }

  // The database must be that of some number of operations of each writer, from
  // `least` up to what was acknowledged and the one that was under way.  The model
  // is it from now on.
  void Verify(const std::string& path, const Counts& least, AllWriters model, Counts from) {
    const auto storage = Open(path);
    ASSERT_TRUE(storage.ok()) << storage.status();
    ExpectTiers(**storage);
    auto got = ReadWriters(**storage);
    ASSERT_TRUE(got.ok()) << got.status();
    for (int writer = 0; writer < kWriters; ++writer) {
      SCOPED_TRACE("writer " + std::to_string(writer));
      const auto w = static_cast<size_t>(writer);
      EXPECT_GE((*got)[w].oldest(), mark() - 60'000) << "past retention";
      (*got)[w].DropBefore(mark());
      std::string difference;
      for (uint64_t n = from[w];; ++n) {
        if (n >= least[w]) {
          model[w].DropBefore(mark());
          difference = Difference((*got)[w], model[w]);
          if (difference.empty()) {
            from[w] = n;
            break;
          }
        }
        ASSERT_LE(n, acknowledged_[w])
            << "after at least " << least[w] << " of " << acknowledged_[w]
            << " acknowledged operations: " << difference;
        model[w].Apply(writer, OperationAt(writer, n + 1));
      }
    }
    found_ = from;
    found_model_ = std::move(model);
  }

  void VerifyDatabase(const Death& death) {
    ASSERT_NO_FATAL_FAILURE(Verify(data(), durable_, model_, modelled_));
    model_ = std::move(found_model_);
    modelled_ = found_;
    // The operation that was under way is done again, be it there or not.
    for (size_t w = 0; w < kWriters; ++w) {
      if (death.fsync == "interval") acknowledged_[w] = std::min(acknowledged_[w], modelled_[w]);
    }
  }

  // With all that was acknowledged before it began.
  void VerifySnapshot(const AllWriters& model, const Counts& from) {
    if (snapshot_.empty()) return;
    const std::string path = folder_ + "/restored";
    const auto restored = RestoreSnapshot(data() + "/snapshots/" + snapshot_, path, true);
    ASSERT_TRUE(restored.ok()) << restored.status();
    Verify(path, snapshot_has_, model, from);
    std::filesystem::remove_all(path);
    ++snapshots_;
  }

  void Round(const Death& death) {
    const AllWriters before = model_;
    const Counts from = modelled_;
    snapshot_.clear();
    ASSERT_NO_FATAL_FAILURE(RunWriter(death));
    for (uint64_t n = Below(3); n > 0; --n) RunOpen(death);
    const bool snapshots = death.kind == "kill" && Below(3) == 0;
    if (snapshots) {
      ASSERT_NO_FATAL_FAILURE(VerifySnapshot(before, from));
    }
    std::filesystem::remove_all(data() + "/snapshots");
    ASSERT_NO_FATAL_FAILURE(VerifyDatabase(death));
    ++rounds_;
  }

  void Report() {
    std::cout << rounds_ << " deaths of a writer, " << died_at_step_ << " at a step; " << opens_
              << " while opening; " << operations_ << " operations; " << snapshots_
              << " snapshots\n";
    EXPECT_GT(operations_, 0u);
  }

  std::string folder_;
  std::mt19937_64 random_;
  FakeClock clock_{0};
  Metrics metrics_;
  int64_t clock_ms_ = kStartMs;
  Counts acknowledged_{};
  Counts durable_{};  // that many are there after a power cut
  // What the database was found to be last: that many operations of each.
  Counts modelled_{};
  AllWriters model_;
  Counts found_{};
  AllWriters found_model_;
  std::string snapshot_;  // the last one finished
  Counts snapshot_begun_{};
  Counts snapshot_has_{};
  int rounds_ = 0, died_at_step_ = 0, opens_ = 0, snapshots_ = 0;
  uint64_t operations_ = 0;
};

constexpr const char* kSteps[] = {
    "commit.applied",  "commit.written",    "store.write",        "delete.applied",
    "delete.written",  "seal.frozen",       "seal.merged",        "seal.flushed",
    "seal.trimmed",    "rollup.made",       "rollup.kept",        "rollup.written",
    "rollup.verified", "retention.marked",  "retention.released", "store.dropping",
    "snapshot.copied", "snapshot.finished", "tombstones.sealed"};

TEST_F(CrashTest, KilledAtRandomMoments) {
  for (int round = 0; round < Rounds(14); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Death death;
    death.fsync = round % 2 == 0 ? "always" : "interval";
    death.after_ms = 40 + Below(300);
    ASSERT_NO_FATAL_FAILURE(Round(death));
    if (HasFailure()) return;
  }
  Report();
}

TEST_F(CrashTest, KilledAtEveryStep) {
  for (int round = 0; round < Rounds(2); ++round) {
    for (const char* step : kSteps) {
      SCOPED_TRACE(step);
      const int before = died_at_step_;
      Death death;
      death.step = step;
      death.hits = 1 + Below(3);
      const bool often = std::string(step).starts_with("commit") || death.step == "store.write";
      if (often) death.hits += Below(200);
      ASSERT_NO_FATAL_FAILURE(Round(death));
      EXPECT_GT(died_at_step_, before);
      if (HasFailure()) return;
    }
  }
  Report();
}

// The power goes at any moment, and with it what was not synced.
TEST_F(CrashTest, APowerCutKeepsWhatWasSynced) {
  for (int round = 0; round < Rounds(16); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Death death;
    death.kind = "cut";
    death.after_ms = 40 + Below(300);
    if (round % 2 == 0) death.step = kSteps[Below(std::size(kSteps))];
    ASSERT_NO_FATAL_FAILURE(Round(death));
    if (HasFailure()) return;
  }
  Report();
}

// Of each sender, operations are lost from the end only, and none that was sealed.
TEST_F(CrashTest, APowerCutUnderIntervalLosesTheEndOnly) {
  for (int round = 0; round < Rounds(16); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Death death;
    death.fsync = "interval";
    death.kind = "cut";
    death.after_ms = 40 + Below(300);
    if (round % 2 == 0) death.step = kSteps[Below(std::size(kSteps))];
    ASSERT_NO_FATAL_FAILURE(Round(death));
    if (HasFailure()) return;
  }
  Report();
}

// What a restore that died leaves is refused, by an opening and by another
// restore; or it is whole.
TEST_F(CrashTest, KilledWhileRestoring) {
  Death death;
  death.step = "snapshot.finished";
  death.hits = 2;
  while (snapshot_.empty()) ASSERT_NO_FATAL_FAILURE(RunWriter(death));
  const std::string from = data() + "/snapshots/" + snapshot_;
  const std::string to = folder_ + "/restored";
  int whole = 0;
  for (int round = 0; round < Rounds(20); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    int status = 0;
    RunProcess({"restore", from, to, std::to_string(Below(6000))}, status);
    // A folder in which nothing is yet becomes a new database.
    std::error_code error;
    const bool untouched = std::filesystem::is_empty(to + "/db", error) || error;
    Status opened = Unavailable("not there");
    if (!untouched) opened = Open(to).status();
    if (opened.ok()) {
      ASSERT_NO_FATAL_FAILURE(Verify(to, snapshot_has_, model_, modelled_));
      ++whole;
    }
    if (WIFEXITED(status)) {
      EXPECT_TRUE(opened.ok()) << opened;
    }
    if (std::filesystem::exists(to + "/db", error)) {
      EXPECT_EQ(RestoreSnapshot(from, to, true).status().code(), StatusCode::kFailedPrecondition);
    }
    std::filesystem::remove_all(to);
    if (HasFailure()) return;
  }
  std::cout << whole << " were whole\n";
  ASSERT_TRUE(RestoreSnapshot(from, to, true).ok());
  Verify(to, snapshot_has_, model_, modelled_);
}

}  // namespace
}  // namespace tidemark::tsdb::crash
