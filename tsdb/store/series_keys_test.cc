#include "tsdb/store/series_keys.h"

#include <gtest/gtest.h>

#include <limits>

namespace tidemark::tsdb {
namespace {

TEST(SeriesKeysTest, Bytes) {
  EXPECT_EQ(SeriesHashKey(7, 1, 2), std::string("h\0\0\0\7\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2", 21));
  EXPECT_EQ(MetricKey(7, 3), std::string("o\0\0\0\7\0\0\0\3", 9));
  EXPECT_EQ(PresenceKey(20454, 7, 3, 5),
            std::string("p\x80\0\x4f\xe6\0\0\0\7\0\0\0\3\0\0\0\0\0\0\0\5", 21));
  EXPECT_TRUE(PresenceKey(-1, 7, 3, 5).starts_with(PresencePrefix(-1, 7)));
  EXPECT_LT(PresencePrefix(-1), PresencePrefix(0));
}

TEST(SeriesKeysTest, ThereAndBack) {
  for (const Partition partition : {std::numeric_limits<Partition>::min(), -1, 0, 20454}) {
    PresenceKeyParts parts;
    const std::string key = PresenceKey(partition, 7, 3, 5);
    ASSERT_TRUE(DecodePresenceKey(key, parts));
    EXPECT_EQ(parts.partition, partition);
    EXPECT_EQ(parts.tenant, 7u);
    EXPECT_EQ(parts.ordinal, 3u);
    for (size_t n = 0; n < key.size(); ++n) {
      EXPECT_FALSE(DecodePresenceKey(std::string_view(key).substr(0, n), parts));
    }
  }
  TenantId tenant;
  uint32_t ordinal;
  ASSERT_TRUE(DecodeMetricKey(MetricKey(1, 2), tenant, ordinal));
  EXPECT_EQ(tenant, 1u);
  EXPECT_EQ(ordinal, 2u);
  EXPECT_FALSE(DecodeMetricKey(SeriesKey(1, 2), tenant, ordinal));
  const SeriesId id = SeriesIdOf(3, 42);
  EXPECT_EQ(OrdinalOf(id), 3u);
  EXPECT_EQ(CounterOf(id), 42u);
}

}  // namespace
}  // namespace tidemark::tsdb
