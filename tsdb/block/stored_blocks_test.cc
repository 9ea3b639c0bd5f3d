#include "tsdb/block/stored_blocks.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "tsdb/base/files.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

class StoredBlocksTest : public testing::Test {
 protected:
  StoredBlocksTest() {
    path_ = testing::TempDir() + "stored_blocks_XXXXXX";
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    store_ = *Store::Open({path_, 64 << 20}, metrics_);
  }
  ~StoredBlocksTest() override {
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  void Write(SeriesId series, int64_t t) {
    FloatChunk chunk;
    chunk.Append(t, 1);
    std::string run;
    AppendRun(run, chunk.view(), {t, t, 1, 0});
    const auto batch = store_->NewBatch();
    batch->Merge(Family::kRaw, EncodeRawKey(RawKeyOf(7, series, BlockEnd(t))), run);
    ASSERT_TRUE(store_->Write(*batch, WriteMode::kSync).ok());
    if (partitions_.empty() || partitions_.back() != PartitionOf(t)) {
      partitions_.push_back(PartitionOf(t));
    }
  }

  std::vector<int64_t> Blocks(SeriesId series, const std::vector<TimeInterval>& intervals) {
    TimeIntervals times;
    for (const TimeInterval& one : intervals) times.Add(one);
    return StoredBlocks(*store_, partitions_, 7, series, times);
  }

  std::string path_;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  std::vector<Partition> partitions_;
};

TEST_F(StoredBlocksTest, AreThoseThatTheIntervalsOverlap) {
  const int64_t day = kPartitionMs;
  for (const int64_t t : {day, day + 1, 2 * day}) Write(1, t);
  Write(2, 3 * day);
  Write(1, 5 * day);
  const struct {
    const char* name;
    std::vector<TimeInterval> times;
    std::vector<int64_t> want;
  } cases[] = {
      {"all", {{kMin, kMax}}, {day, 2 * day, 5 * day}},
      {"none", {}, {}},
      {"one millisecond", {{day + 1, day + 1}}, {2 * day}},
      {"a border belongs to what ends", {{day, day}}, {day}},
      {"between", {{2 * day + 1, 4 * day}}, {}},
      {"two of them", {{0, day}, {5 * day, kMax}}, {day, 5 * day}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Blocks(1, c.times), c.want);
  }
  EXPECT_EQ(Blocks(2, {{kMin, kMax}}), (std::vector<int64_t>{3 * day}));
  EXPECT_TRUE(Blocks(3, {{kMin, kMax}}).empty());
}

// A cut that is in too many blocks costs nothing; a seal that never succeeds does.
TEST_F(StoredBlocksTest, AreAllThatCouldBeWhereNothingCanBeRead) {
  Write(1, 5 * kPartitionMs);
  const Family raw[] = {Family::kRaw};
  ASSERT_TRUE(store_->Flush(raw).ok());
  store_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    std::string bytes = *ReadWholeFile(entry.path().string());
    const Partition partition = PartitionOf(5 * kPartitionMs);
    const bool in_it = bytes.find(RawPartitionKey(partition)) != std::string::npos;
    if (entry.path().extension() != ".sst" || !in_it) continue;
    bytes[0] ^= 1;  // its only block comes first
    std::filesystem::remove(entry.path());
    ASSERT_TRUE(WriteNewFile(entry.path().string(), bytes).ok());
  }
  store_ = *Store::Open({path_, 64 << 20}, metrics_);
  std::vector<int64_t> day;
  for (int64_t end = 4 * kPartitionMs + kBlockMs; end <= 5 * kPartitionMs; end += kBlockMs) {
    day.push_back(end);
  }
  EXPECT_EQ(Blocks(1, {{kMin, kMax}}), day);
  EXPECT_EQ(Blocks(1, {{day.back() - 1, day.back()}}), (std::vector<int64_t>{day.back()}));
}

}  // namespace
}  // namespace tidemark::tsdb
