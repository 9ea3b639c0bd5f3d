// Disks that fail and power that is cut: writes are refused and say so, reads
// go on, writing resumes by itself, and what was acknowledged is there.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "tsdb/base/log.h"
#include "tsdb/storage.h"
#include "tsdb/storage_model.h"
#include "tsdb/store/disk_faults.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;
constexpr int kSeries = 30;

int Rounds(int fast) {
  const char* factor = std::getenv("TIDEMARK_CRASH_ROUNDS");
  return factor == nullptr ? fast : fast * std::atoi(factor);
}

class FaultTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "fault_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    options_.path = pattern;
    options_.raw_retention_ms = 0;
    options_.min_free_disk = 0;
    options_.memory_bytes = 32 << 20;
    SetLogLevel(LogLevel::kError);
    Open();
  }
  void TearDown() override {
    storage_.reset();
    std::filesystem::remove_all(options_.path);
    SetLogLevel(LogLevel::kInfo);
  }
  void Open() {
    storage_.reset();
    auto opened = Storage::Open(options_, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }

  // With nothing in it.
  void Restart() {
    storage_.reset();
    std::filesystem::remove_all(options_.path);
    sent_.series.clear();
    acknowledged_.series.clear();
    Open();
  }

  static Labels SeriesLabels(int i) {
    return Labels::Must({{kMetricName, "m"}, {"i", std::to_string(i)}});
  }
  static double ValueAt(int i, int64_t t) { return static_cast<double>((t / 1000 + i) % 9973) / 7; }

  // One sample of every series; adds to `sent_` what is given to Commit, and to
  // `acknowledged_` what it took.
  Status CommitNext() {
    const int64_t t = kStartMs + ++commits_ * 60'000;
    const auto app = storage_->NewAppender("default");
    for (int i = 0; i < kSeries; ++i) {
      ASSIGN_OR_RETURN(const SeriesRef ref, app->GetSeries(SeriesLabels(i)));
      RETURN_IF_ERROR(app->Append(ref, {t, ValueAt(i, t)}));
      sent_.Add(SeriesLabels(i), t, ValueAt(i, t));
    }
    RETURN_IF_ERROR(app->Commit().status());
    for (int i = 0; i < kSeries; ++i) acknowledged_.Add(SeriesLabels(i), t, ValueAt(i, t));
    return OkStatus();
  }

  // Everything acknowledged is there; nothing is that was not sent.
  void ExpectAcknowledged() {
    const auto got = ReadAll(*storage_, "default", INT64_MIN, INT64_MAX);
    ASSERT_TRUE(got.ok()) << got.status();
    ExpectWithin(acknowledged_, *got, "lost");
    StorageModel read;
    read.series = *got;
    ExpectWithin(read, sent_.series, "invented");
  }
  static void ExpectWithin(const StorageModel& part, const std::map<std::string, Timeline>& whole,
                           const char* otherwise) {
    for (const auto& [packed, timeline] : part.series) {
      const auto found = whole.find(packed);
      ASSERT_NE(found, whole.end()) << otherwise;
      for (const auto& [t, value] : timeline) {
        const auto sample = found->second.find(t);
        ASSERT_NE(sample, found->second.end()) << otherwise << ": " << t;
        ASSERT_TRUE(SameValue(sample->second, value)) << otherwise << ": " << t;
      }
    }
  }

  // Until it succeeds, or for 20 seconds.
  template <typename Try>
  static Status Persist(const Try& attempt) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    Status status = attempt();
    while (!status.ok() && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      status = attempt();
    }
    return status;
  }

  DiskFaults disk_;
  Metrics metrics_;
  StorageOptions options_;
  std::unique_ptr<Storage> storage_;
  StorageModel sent_;
  StorageModel acknowledged_;
  int64_t commits_ = 0;
};

TEST_F(FaultTest, WritingResumesByItselfAfterAnyError) {
  const struct {
    const char* name;
    FileKind kind;
    DiskOperation operation;
    bool no_space;
  } kCases[] = {
      {"log write", FileKind::kLog, DiskOperation::kWrite, false},
      {"log short write", FileKind::kLog, DiskOperation::kShortWrite, false},
      {"log sync", FileKind::kLog, DiskOperation::kSync, false},
      {"log full", FileKind::kLog, DiskOperation::kWrite, true},
      {"table write", FileKind::kTable, DiskOperation::kWrite, false},
      {"table short write", FileKind::kTable, DiskOperation::kShortWrite, false},
      {"table sync", FileKind::kTable, DiskOperation::kSync, false},
      {"table creation", FileKind::kTable, DiskOperation::kCreate, false},
      {"table full", FileKind::kTable, DiskOperation::kWrite, true},
      {"manifest write", FileKind::kManifest, DiskOperation::kWrite, false},
      {"manifest sync", FileKind::kManifest, DiskOperation::kSync, false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    Restart();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(CommitNext().ok());
    disk_.Fail(c.kind, c.operation, c.no_space);
    const uint64_t failed = disk_.failed();
    // The log fails at the commit, all else at the seal behind it.
    Status refused = CommitNext();
    if (c.kind != FileKind::kLog) {
      EXPECT_TRUE(refused.ok()) << refused;
      refused = storage_->Flush();
    }
    EXPECT_EQ(refused.code(), StatusCode::kUnavailable) << refused;
    EXPECT_GT(disk_.failed(), failed);
    ExpectAcknowledged();
    CommitNext().IgnoreError();
    ExpectAcknowledged();
    disk_.Heal();
    const Status resumed = Persist([&] { return CommitNext(); });
    ASSERT_TRUE(resumed.ok()) << resumed;
    const Status flushed = Persist([&] { return storage_->Flush(); });
    ASSERT_TRUE(flushed.ok()) << flushed;
    ExpectAcknowledged();
    Open();
    ExpectAcknowledged();
    if (HasFatalFailure()) return;
  }
}

// Errors that come and go beside commits, seals and compactions.
TEST_F(FaultTest, AnyErrorAtAnyMomentUnderLoad) {
  constexpr FileKind kKinds[] = {FileKind::kLog, FileKind::kTable, FileKind::kManifest};
  constexpr DiskOperation kOperations[] = {DiskOperation::kCreate, DiskOperation::kWrite,
                                           DiskOperation::kShortWrite, DiskOperation::kSync};
  std::mt19937_64 random(std::random_device{}());
  const auto pause = [&random](uint64_t max_ms) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % (1000 * max_ms)));
  };
  for (int round = 0; round < Rounds(2); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::atomic<bool> stop{false};
    std::thread committer([&] {
      while (!stop) CommitNext().IgnoreError();
    });
    std::thread flusher([&] {
      while (!stop) storage_->Flush().IgnoreError();
    });
    for (int i = 0; i < 20; ++i) {
      disk_.Fail(kKinds[random() % 3], kOperations[random() % 4]);
      if (random() % 3 == 0) disk_.Fail(kKinds[random() % 3], kOperations[random() % 4]);
      pause(15);
      disk_.Heal();
      pause(30);
    }
    stop = true;
    committer.join();
    flusher.join();
    const Status resumed = Persist([&] { return CommitNext(); });
    ASSERT_TRUE(resumed.ok()) << resumed;
    const Status flushed = Persist([&] { return storage_->Flush(); });
    ASSERT_TRUE(flushed.ok()) << flushed;
    ExpectAcknowledged();
    Open();
    ExpectAcknowledged();
    if (HasFailure()) return;
    Restart();
  }
}

TEST_F(FaultTest, AReadErrorIsReturned) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(CommitNext().ok());
  ASSERT_TRUE(storage_->Flush().ok());
  Open();  // with an empty cache
  disk_.Fail(FileKind::kTable, DiskOperation::kRead);
  const auto got = ReadAll(*storage_, "default", INT64_MIN, INT64_MAX);
  EXPECT_EQ(got.status().code(), StatusCode::kDataLoss) << got.status();
  disk_.Heal();
  ExpectAcknowledged();
}

// fsync: always.  Cuts at any step of commits and seals.
TEST_F(FaultTest, APowerCutLosesNothingAcknowledged) {
  std::mt19937_64 random(std::random_device{}());
  for (int round = 0; round < Rounds(30); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    disk_.CutPower(1 + random() % 200);
    Status status;
    for (int i = 0; i < 500 && status.ok(); ++i) {
      status = random() % 8 != 0 ? CommitNext() : storage_->Flush();
    }
    disk_.CutPower();
    storage_.reset();
    disk_.LoseUnsynced(random(), round % 2 == 1);
    disk_.RestorePower();
    Open();
    if (HasFatalFailure()) return;
    ExpectAcknowledged();
    if (HasFailure()) return;
    // What a cut commit left is kept or not, once and for all.
    sent_.series = *ReadAll(*storage_, "default", INT64_MIN, INT64_MAX);
    for (auto& [packed, timeline] : sent_.series) acknowledged_.series[packed] = timeline;
  }
  EXPECT_GT(commits_, 0);
}

// fsync: interval.  What was acknowledged before the last sync is there; of the
// rest, what is there is all that came before some commit.
TEST_F(FaultTest, APowerCutUnderIntervalLosesTheEndOnly) {
  options_.fsync = FsyncMode::kInterval;
  options_.fsync_interval_ms = 1;
  Open();
  std::mt19937_64 random(std::random_device{}());
  for (int round = 0; round < Rounds(10); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(CommitNext().ok());
    ASSERT_TRUE(storage_->Snapshot().ok());  // syncs the log
    const int64_t synced = kStartMs + commits_ * 60'000;
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(CommitNext().ok());
    disk_.CutPower();
    storage_.reset();
    disk_.LoseUnsynced(random(), round % 2 == 1);
    disk_.RestorePower();
    std::filesystem::remove_all(options_.path + "/snapshots");
    Open();
    if (HasFatalFailure()) return;
    auto got = ReadAll(*storage_, "default", INT64_MIN, INT64_MAX);
    ASSERT_TRUE(got.ok()) << got.status();
    const Timeline& first = (*got)[SeriesLabels(0).packed()];
    ASSERT_FALSE(first.empty());
    EXPECT_GE(first.rbegin()->first, synced);
    // Up to its newest sample, nothing is missing: commits are lost from the end.
    for (auto& [packed, timeline] : acknowledged_.series) {
      timeline.erase(timeline.upper_bound(first.rbegin()->first), timeline.end());
    }
    EXPECT_EQ(Difference(*got, acknowledged_.series), "");
    sent_ = acknowledged_;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace tidemark::tsdb
