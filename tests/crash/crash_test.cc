// A writer under load is killed, again and again over the same database; after
// each time everything that it said was acknowledged must be there, nothing
// twice, and nothing that it did not write.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/crash_load.h"
#include "tsdb/storage.h"
#include "tsdb/storage_model.h"

namespace tidemark::tsdb::crash {
namespace {

class CrashTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "crash_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
    next_.fill(1);
  }
  void TearDown() override { std::filesystem::remove_all(path_); }

  // Starts the writer and reads its ledger until it is dead, killing it after
  // `kill_after`; 0: it kills itself.
  void RunWriter(const std::string& step, int hits, std::chrono::milliseconds kill_after) {
    std::vector<std::string> args = {CRASH_WRITER, path_, step, std::to_string(hits)};
    for (const uint64_t next : next_) args.push_back(std::to_string(next));
    int pipe_fds[2];
    ASSERT_EQ(pipe(pipe_fds), 0);
    const pid_t child = fork();
    if (child == 0) Exec(args, pipe_fds);
    close(pipe_fds[1]);
    std::thread killer([child, kill_after] {
      if (kill_after.count() == 0) return;
      std::this_thread::sleep_for(kill_after);
      kill(child, SIGKILL);
    });
    ReadLedger(pipe_fds[0]);
    killer.join();
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
  }

  [[noreturn]] static void Exec(std::vector<std::string>& args, const int* pipe_fds) {
    dup2(pipe_fds[1], STDOUT_FILENO);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    std::vector<char*> argv;
    for (std::string& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }

  void ReadLedger(int fd) {
    FILE* ledger = fdopen(fd, "r");
    int writer = 0;
    unsigned long long number = 0;
    while (std::fscanf(ledger, "%d %llu\n", &writer, &number) == 2) {
      ASSERT_EQ(number, next_[static_cast<size_t>(writer)]);
      next_[static_cast<size_t>(writer)] = number + 1;
    }
    std::fclose(ledger);
  }

  void Verify() {
    Metrics metrics;
    StorageOptions options;
    options.path = path_;
    options.raw_retention_ms = 0;
    options.min_free_disk = 0;
    const auto storage = Storage::Open(options, metrics);
    ASSERT_TRUE(storage.ok()) << storage.status();
    const auto got = ReadAll(**storage, "default", INT64_MIN, INT64_MAX);
    ASSERT_TRUE(got.ok()) << got.status();
    for (int writer = 0; writer < kWriters; ++writer) {
      for (int series = 0; series < kSeriesPerWriter; ++series) {
        const auto found = got->find(SeriesLabels(writer, series).packed());
        VerifySeries(writer, series, found == got->end() ? Timeline() : found->second);
      }
    }
  }

  void VerifySeries(int writer, int series, const Timeline& got) {
    SCOPED_TRACE("writer " + std::to_string(writer) + " series " + std::to_string(series));
    Timeline acknowledged;
    Timeline sent;
    // The commit after the last acknowledged one may be there, or parts of what
    // its resends brought: the same samples.
    const uint64_t end = next_[static_cast<size_t>(writer)];
    for (uint64_t number = 1; number <= end; ++number) {
      for (const LoadSample& sample : CommitSamples(writer, number)) {
        if (sample.series != series) continue;
        const SampleValue value = ValueAt(writer, series, sample.t);
        sent.emplace(sample.t, value);
        if (number < end) acknowledged.emplace(sample.t, value);
      }
    }
    // Whole commits are there or not: what is more than acknowledged is all of
    // the last one.
    const std::string difference = Difference(got, acknowledged);
    if (!difference.empty()) {
      EXPECT_EQ(Difference(got, sent), "") << "without the last commit: " << difference;
    }
  }

  uint64_t acknowledged() const {
    uint64_t sum = 0;
    for (const uint64_t next : next_) sum += next - 1;
    return sum;
  }

  std::string path_;
  std::array<uint64_t, kWriters> next_;
};

TEST_F(CrashTest, KilledAtRandomMoments) {
  std::mt19937_64 random(std::random_device{}());
  for (int round = 0; round < 8; ++round) {
    const std::chrono::milliseconds after(100 + random() % 500);
    SCOPED_TRACE("round " + std::to_string(round) +
                 ", killed after ms: " + std::to_string(after.count()));
    ASSERT_NO_FATAL_FAILURE(RunWriter("none", 0, after));
    ASSERT_NO_FATAL_FAILURE(Verify());
    if (HasFailure()) return;
  }
  EXPECT_GT(acknowledged(), 0u);
}

TEST_F(CrashTest, KilledAtEveryStep) {
  const struct {
    const char* step;
    int hits;
  } cases[] = {
      {"commit.applied", 40}, {"commit.written", 40},  {"store.write", 60}, {"seal.frozen", 1},
      {"seal.merged", 2},     {"seal.flushed", 1},     {"seal.trimmed", 2}, {"seal.frozen", 3},
      {"seal.flushed", 3},    {"commit.applied", 500}, {"seal.merged", 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.step);
    ASSERT_NO_FATAL_FAILURE(RunWriter(c.step, c.hits, std::chrono::milliseconds(0)));
    ASSERT_NO_FATAL_FAILURE(Verify());
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace tidemark::tsdb::crash
