// Snapshots of a Storage and what is restored from them.
#include "tsdb/snapshot/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <limits>
#include <regex>
#include <string>
#include <thread>

#include "tsdb/snapshot/restore.h"
#include "tsdb/storage.h"
#include "tsdb/storage_model.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {
namespace {

using testing::HasSubstr;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kNow = 1'767'225'600'000;  // 2026-01-01

class SnapshotTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "snapshot_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    storage_ = Open(folder_ + "/data");
  }
  void TearDown() override {
    SetFaultHookForTest({});
    storage_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<Storage> Open(const std::string& path) {
    StorageOptions options;
    options.path = path;
    options.raw_retention_ms = 0;
    options.min_free_disk = 0;
    options.memory_bytes = 64 << 20;
    options.fsync = FsyncMode::kInterval;
    options.clock = &clock_;
    auto opened = Storage::Open(options, metrics_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  static Labels SeriesLabels(int64_t i) {
    return Labels::Must({{kMetricName, "m"}, {"i", std::to_string(i)}});
  }

  Status CommitAt(int64_t n) {
    const auto app = storage_->NewAppender("default");
    for (int64_t i = 0; i < 10; ++i) {
      ASSIGN_OR_RETURN(const SeriesRef ref, app->GetSeries(SeriesLabels(i + n / 100)));
      RETURN_IF_ERROR(app->Append(ref, {kNow + n * 15'000, static_cast<double>(n * i)}));
    }
    return app->Commit().status();
  }
  void CommitAndNote(int64_t n) {
    ASSERT_TRUE(CommitAt(n).ok());
    for (int64_t i = 0; i < 10; ++i) {
      model_.Add(SeriesLabels(i + n / 100), kNow + n * 15'000, static_cast<double>(n * i));
    }
  }

  std::map<std::string, Timeline> Read(const std::string& path) {
    const auto storage = Open(path);
    const auto got = ReadAll(*storage, "default", kMin, kMax);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : std::map<std::string, Timeline>();
  }
  std::string SnapshotPath(const std::string& name) const {
    return folder_ + "/data/snapshots/" + name;
  }

  FakeClock clock_{kNow};
  Metrics metrics_;
  std::string folder_;
  std::unique_ptr<Storage> storage_;
  StorageModel model_;
};

TEST_F(SnapshotTest, RestoresWhatWasThere) {
  for (int64_t n = 0; n < 200; ++n) CommitAndNote(n);
  ASSERT_TRUE(storage_->Flush().ok());
  for (int64_t n = 200; n < 300; ++n) CommitAndNote(n);
  const auto name = storage_->Snapshot();
  ASSERT_TRUE(name.ok()) << name.status();
  EXPECT_TRUE(std::regex_match(*name, std::regex("20260101T000000Z-[0-9a-f]{16}"))) << *name;
  // What comes later is not in it, nor does it disturb it.
  for (int64_t n = 300; n < 350; ++n) ASSERT_TRUE(CommitAt(n).ok());
  ASSERT_TRUE(storage_->Flush().ok());

  for (const bool may_link : {true, false}) {
    const std::string to = folder_ + (may_link ? "/linked" : "/copied");
    const auto report = RestoreSnapshot(SnapshotPath(*name), to, may_link);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->linked > 0, may_link);
    EXPECT_GT(report->copied, 0u);
    EXPECT_EQ(report->created_ms, kNow);
    EXPECT_EQ(Difference(Read(to), model_.series), "");
  }
  // Opening what was restored left the snapshot as it was.
  EXPECT_TRUE(RestoreSnapshot(SnapshotPath(*name), folder_ + "/again", true).ok());
}

// Seals and snapshots at once: a copy never has a trimmed journal without the
// blocks that were sealed from it.
TEST_F(SnapshotTest, WhileSealsAndCommitsGoOn) {
  std::atomic<int64_t> committed{0};
  for (int round = 0; round < 3; ++round) {
    std::thread writer([&] {
      for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(CommitAt(committed + 1).ok());
        ++committed;
      }
    });
    std::thread sealer([&] {
      for (int i = 0; i < 3; ++i) ASSERT_TRUE(storage_->Flush().ok());
    });
    while (committed < round * 100 + 20) std::this_thread::yield();
    const int64_t before = committed;
    const auto name = storage_->Snapshot();
    writer.join();
    sealer.join();
    ASSERT_TRUE(name.ok()) << name.status();
    const std::string to = folder_ + "/restored" + std::to_string(round);
    ASSERT_TRUE(RestoreSnapshot(SnapshotPath(*name), to, true).ok());
    const auto got = Read(to);
    for (int64_t n = 1; n <= before; ++n) {
      const auto series = got.find(SeriesLabels(n / 100).packed());
      ASSERT_NE(series, got.end()) << n;
      ASSERT_EQ(series->second.count(kNow + n * 15'000), 1u) << n << " of " << before;
    }
  }
}

TEST_F(SnapshotTest, AFailureLeavesNothing) {
  CommitAndNote(0);
  SetFaultHookForTest([](std::string_view step) {
    return step == "snapshot.copied" ? Unavailable("no space") : OkStatus();
  });
  EXPECT_EQ(storage_->Snapshot().status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ + "/data/snapshots"));
  SetFaultHookForTest({});
  // As a crash leaves it.
  std::filesystem::create_directories(SnapshotPath("20250101T000000Z-0.tmp/db"));
  ASSERT_TRUE(storage_->Snapshot().ok());
  EXPECT_FALSE(std::filesystem::exists(SnapshotPath("20250101T000000Z-0.tmp")));
}

TEST_F(SnapshotTest, RestoreRefuses) {
  CommitAndNote(0);
  const auto name = storage_->Snapshot();
  ASSERT_TRUE(name.ok());
  const std::string from = SnapshotPath(*name);
  const auto refused = RestoreSnapshot(from, folder_ + "/data", true);
  EXPECT_EQ(refused.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.status().ToString(), HasSubstr("not an empty folder"));
  EXPECT_EQ(RestoreSnapshot(from + "/db", folder_ + "/new", true).status().code(),
            StatusCode::kNotFound);
  std::ofstream(from + "/db/CURRENT") << "MANIFEST-000000\n";
  EXPECT_EQ(RestoreSnapshot(from, folder_ + "/new", true).status().code(), StatusCode::kDataLoss);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/new"));
}

}  // namespace
}  // namespace tidemark::tsdb
