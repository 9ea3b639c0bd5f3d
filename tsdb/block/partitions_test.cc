#include "tsdb/block/partitions.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tsdb/base/files.h"
#include "tsdb/base/log.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"

namespace tidemark::tsdb {
namespace {

class PartitionSetTest : public testing::Test {
 protected:
  PartitionSetTest() {
    path_ = testing::TempDir() + "partitions_XXXXXX";
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    Open();
  }
  ~PartitionSetTest() override {
    store_.reset();
    std::filesystem::remove_all(path_);
  }
  void Open() {
    store_.reset();
    store_ = *Store::Open({path_, 64 << 20}, metrics_);
  }

  // In a table of its own.
  void Write(Partition partition) {
    const int64_t t = PartitionEnd(partition);
    FloatChunk chunk;
    chunk.Append(t, 1);
    std::string run;
    AppendRun(run, chunk.view(), {t, t, 1, 0});
    const auto batch = store_->NewBatch();
    batch->Merge(Family::kRaw, EncodeRawKey(RawKeyOf(7, 1, t)), run);
    ASSERT_TRUE(store_->Write(*batch, WriteMode::kSync).ok());
    const Family raw[] = {Family::kRaw};
    ASSERT_TRUE(store_->Flush(raw).ok());
  }

  std::string path_;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  PartitionSet set_;
};

TEST_F(PartitionSetTest, AreInOrderAndOnce) {
  for (const Partition partition : {9, -3, 9, 4}) set_.Add(partition);
  const auto before = set_.Get();
  EXPECT_EQ(*before, (std::vector<Partition>{-3, 4, 9}));
  set_.Remove(4);
  set_.Remove(5);
  EXPECT_EQ(*set_.Get(), (std::vector<Partition>{-3, 9}));
  EXPECT_EQ(before->size(), 3u) << "a reader's stay";
}

TEST_F(PartitionSetTest, ThoseNotedThatHaveBlocks) {
  for (const Partition partition : {100, 102, 103}) Write(partition);
  const Partition noted[] = {99, 100, 101, 102, 103, 104};
  EXPECT_EQ(set_.Load(*store_, noted), 0u);
  EXPECT_EQ(*set_.Get(), (std::vector<Partition>{100, 102, 103}));
}

TEST_F(PartitionSetTest, OneThatCannotBeReadIsIn) {
  for (const Partition partition : {100, 102}) Write(partition);
  store_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    std::string bytes = *ReadWholeFile(entry.path().string());
    const bool in_it = bytes.find(RawPartitionKey(102)) != std::string::npos;
    if (entry.path().extension() != ".sst" || !in_it) continue;
    bytes[0] ^= 1;  // its only block comes first
    std::filesystem::remove(entry.path());
    ASSERT_TRUE(WriteNewFile(entry.path().string(), bytes).ok());
  }
  Open();
  SetLogLevel(LogLevel::kError);
  const Partition noted[] = {100, 102};
  // A seek to the first looks into all tables of level 0.
  EXPECT_GE(set_.Load(*store_, noted), 1u);
  EXPECT_EQ(*set_.Get(), (std::vector<Partition>{100, 102}));
  SetLogLevel(LogLevel::kInfo);
}

}  // namespace
}  // namespace tidemark::tsdb
