#include "tsdb/index/presence.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "tsdb/base/metrics.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

class PresenceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "presence_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
    auto opened = Store::Open({path_, 64 << 20}, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  static Roaring Of(const Presence& presence, Partition partition, uint32_t ordinal) {
    const auto ids = presence.Get(partition, 1);
    EXPECT_TRUE(ids.ok()) << ids.status();
    const auto found = (*ids)->find(ordinal);
    return found == (*ids)->end() ? Roaring() : found->second;
  }

  std::string path_;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
};

TEST_F(PresenceTest, KeepsWhatIsNotedInSeveralWrites) {
  // Without a cache, too.
  for (const size_t cache_bytes : {size_t{1} << 20, size_t{0}}) {
    Presence presence(*store_, cache_bytes);
    ASSERT_TRUE(presence.Open().ok());
    presence.Note(1, SeriesIdOf(3, 70'000), 10);
    presence.Note(1, SeriesIdOf(3, 5), 10);
    presence.Note(2, SeriesIdOf(3, 6), 10);
    ASSERT_TRUE(presence.Write().ok());
    EXPECT_EQ(Of(presence, 10, 3), Roaring::bitmapOf(2, 5, 70'000));
    presence.Note(1, SeriesIdOf(3, 7), 10);
    presence.Note(1, SeriesIdOf(4, 8), 11);
    ASSERT_TRUE(presence.Write().ok());
    EXPECT_EQ(Of(presence, 10, 3), Roaring::bitmapOf(3, 5, 7, 70'000));
    EXPECT_EQ(Of(presence, 11, 4), Roaring::bitmapOf(1, 8));
    EXPECT_TRUE(Of(presence, 12, 4).isEmpty());
    EXPECT_EQ(*presence.Partitions(), (std::vector<Partition>{10, 11}));
    ASSERT_TRUE(presence.Drop(10).ok());
    EXPECT_TRUE(Of(presence, 10, 3).isEmpty());
    EXPECT_EQ(*presence.Partitions(), std::vector<Partition>{11});
    ASSERT_TRUE(presence.Drop(11).ok());
  }
}

TEST_F(PresenceTest, IsMadeFromBlocksOfAnOlderDatabase) {
  const auto batch = store_->NewBatch();
  for (const int64_t day : {5, 6}) {
    for (const int64_t block : {0, 1}) {
      const int64_t end = day * kPartitionMs - block * kNarrowBlockMs;
      batch->Merge(Family::kRaw, EncodeRawKey(RawKeyOf(1, SeriesIdOf(2, 9), end)), "");
    }
  }
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kSync).ok());
  Presence presence(*store_, 1 << 20);
  ASSERT_TRUE(presence.Open().ok());
  EXPECT_EQ(*presence.Partitions(), (std::vector<Partition>{5, 6}));
  EXPECT_EQ(Of(presence, 5, 2), Roaring::bitmapOf(1, 9));
}

TEST_F(PresenceTest, DamageIsSaid) {
  const auto batch = store_->NewBatch();
  batch->Put(Family::kMeta, PresenceKey(5, 1, 2, 3), "\x80");
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kSync).ok());
  const Presence presence(*store_, 1 << 20);
  EXPECT_EQ(presence.Get(5, 1).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tidemark::tsdb
