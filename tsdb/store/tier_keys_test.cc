#include "tsdb/store/tier_keys.h"

#include <gtest/gtest.h>

#include <limits>

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(TierKeys, ComeBackAndSort) {
  const TierKey keys[] = {
      {1, -3, 9, 9, 9}, {1, 0, 0, 0, kMin}, {1, 0, 0, 0, kMax}, {1, 0, 0, 1, 0},
      {1, 0, 1, 0, 0},  {1, 7, 0, 0, 0},    {2, -9, 0, 0, 0},
  };
  std::string before;
  for (const TierKey& key : keys) {
    const std::string bytes = EncodeTierKey(key);
    EXPECT_LT(before, bytes);
    before = bytes;
    TierKey got;
    ASSERT_TRUE(DecodeTierKey(bytes, got));
    EXPECT_EQ(got, key);
    EXPECT_FALSE(DecodeTierKey(bytes.substr(1), got));
    EXPECT_FALSE(DecodeTierKey(bytes + "x", got));
    EXPECT_EQ(bytes.rfind(TierTenantKey(key.tier, key.period, key.tenant), 0), 0u);
  }
}

TEST(TierKeys, PeriodsHold32Partitions) {
  const struct {
    Partition partition;
    TierPeriod period;
  } cases[] = {{1, 1},
               {32, 1},
               {33, 2},
               {0, 0},
               {-31, 0},
               {-32, -1},
               {20454, 640},
               {2147483616, 67108863},
               {2147483617, 67108864},
               {2147483647, 67108864},
               {-2147483647, -67108863}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.partition);
    EXPECT_EQ(PeriodOf(c.partition), c.period);
    EXPECT_LE(c.partition, PeriodEnd(c.period));
    EXPECT_GT(c.partition, PeriodEnd(c.period - 1));
  }
}

TEST(DirtyKeys, ComeBackAndSort) {
  const DirtyKey keys[] = {{-2, 9, 9, 9}, {5, 0, 0, 7}, {5, 0, 1, 6}, {5, 1, 0, 0}, {6, 0, 0, 0}};
  std::string before;
  for (const DirtyKey& key : keys) {
    const std::string bytes = EncodeDirtyKey(key);
    EXPECT_LT(before, bytes);
    before = bytes;
    DirtyKey got;
    ASSERT_TRUE(DecodeDirtyKey(bytes, got));
    EXPECT_EQ(got, key);
    EXPECT_FALSE(DecodeDirtyKey(DirtyPartitionKey(5), got));
    Partition partition;
    EXPECT_FALSE(DecodeDirtyPartitionKey(bytes, partition));
    ASSERT_TRUE(DecodeDirtyPartitionKey(DirtyPartitionKey(key.partition), partition));
    EXPECT_EQ(partition, key.partition);
  }
  EXPECT_LT(DirtyPartitionKey(5), EncodeDirtyKey({5, 0, 0, 0}));
  EXPECT_GT(DirtyPartitionKey(5), DirtyPrefix(5));
}

TEST(DirtyHours, ComeBack) {
  DirtyHours got;
  ASSERT_TRUE(DecodeDirtyHours(EncodeDirtyHours({kAllHours, -5}), got));
  EXPECT_EQ(got.hours, kAllHours);
  EXPECT_EQ(got.marked_ms, -5);
  EXPECT_FALSE(DecodeDirtyHours(EncodeDirtyHours({kAllHours + 1, 0}), got));
  EXPECT_FALSE(DecodeDirtyHours("", got));
}

}  // namespace
}  // namespace tidemark::tsdb
