// A file system that is filled to the brim: writes are refused and say so,
// reads go on, nothing acknowledged is lost, and writing resumes by itself.
//
// Needs the right to mount a small tmpfs; skipped without it.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mount.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tsdb/storage.h"
#include "tsdb/storage_model.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;

class DiskFullTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "disk_full_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
    mounted_ = mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=48m") == 0;
    if (!mounted_) GTEST_SKIP() << "no right to mount a file system";
    options_.path = path_ + "/data";
    options_.raw_retention_ms = 0;
    options_.min_free_disk = 0;  // so that it is RocksDB that finds the disk full
    options_.memory_bytes = 32 << 20;
    Open();
  }
  void TearDown() override {
    storage_.reset();
    if (mounted_) {
      EXPECT_EQ(umount(path_.c_str()), 0);
    }
    std::filesystem::remove_all(path_);
  }
  void Open() {
    storage_.reset();
    auto opened = Storage::Open(options_, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }

  // Adds to the model what was acknowledged.
  Status CommitNext() {
    constexpr int kSeries = 200;
    const int64_t t = kStartMs + ++commits_ * 15'000;
    const auto app = storage_->NewAppender("default");
    for (int i = 0; i < kSeries; ++i) {
      ASSIGN_OR_RETURN(const SeriesRef ref, app->GetSeries(SeriesLabels(i)));
      RETURN_IF_ERROR(app->Append(ref, {t, static_cast<double>(i)}));
    }
    RETURN_IF_ERROR(app->Commit().status());
    for (int i = 0; i < kSeries; ++i) model_.Add(SeriesLabels(i), t, static_cast<double>(i));
    return OkStatus();
  }
  static Labels SeriesLabels(int i) {
    return Labels::Must({{kMetricName, "m"}, {"i", std::to_string(i)}});
  }

  // Everything acknowledged, and no value that was not sent; a commit that was
  // refused may be there, because it was kept and written later.
  void ExpectAcknowledged() {
    const auto got = ReadAll(*storage_, "default", INT64_MIN, INT64_MAX);
    ASSERT_TRUE(got.ok()) << got.status();
    for (const auto& [packed, timeline] : model_.series) {
      const auto found = got->find(packed);
      ASSERT_NE(found, got->end());
      for (const auto& [t, value] : timeline) {
        const auto sample = found->second.find(t);
        ASSERT_NE(sample, found->second.end()) << "lost: " << t;
        ASSERT_TRUE(SameValue(sample->second, value));
      }
    }
  }

  std::string path_;
  bool mounted_ = false;
  Metrics metrics_;
  StorageOptions options_;
  std::unique_ptr<Storage> storage_;
  StorageModel model_;
  int64_t commits_ = 0;
};

void FillDisk(const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  const std::vector<char> block(64 << 10, 'x');
  while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

TEST_F(DiskFullTest, WritesStopReadsGoOnAndWritingResumes) {
  const std::string filler = path_ + "/filler";
  for (int round = 0; round < 2; ++round) {
    SCOPED_TRACE(round);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(CommitNext().ok());
    FillDisk(filler);
    Status refused;
    for (int i = 0; i < 20'000 && refused.ok(); ++i) refused = CommitNext();
    ASSERT_EQ(refused.code(), StatusCode::kUnavailable) << refused;
    EXPECT_EQ(CommitNext().code(), StatusCode::kUnavailable);
    if (round == 0) {
      EXPECT_FALSE(storage_->Flush().ok());
    }
    ExpectAcknowledged();
    std::filesystem::remove(filler);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    Status resumed = CommitNext();
    while (!resumed.ok() && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::yield();
      resumed = CommitNext();
    }
    ASSERT_TRUE(resumed.ok()) << resumed;
    ExpectAcknowledged();
    if (round == 1) Open();
    EXPECT_TRUE(storage_->Flush().ok());
    ExpectAcknowledged();
  }
  Open();
  ExpectAcknowledged();
}

}  // namespace
}  // namespace tidemark::tsdb
