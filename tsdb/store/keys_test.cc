#include "tsdb/store/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

TEST(KeysTest, BytesAreAsDocumented) {
  const struct {
    const char* name;
    std::string key;
    const char* hex;
  } cases[] = {
      {"raw", EncodeRawKey(RawKeyOf(7, (SeriesId{3} << 32) | 42, BlockEnd(1767225600000))),
       "80004fe6 00000007 000000030000002a 8000019b76daa800"},
      {"raw before 1970", EncodeRawKey(RawKeyOf(7, 42, BlockEnd(-1))),
       "80000000 00000007 000000000000002a 8000000000000000"},
      {"journal", JournalKey(258), "0000000000000102"},
      {"tenant", TenantKey(7), "7400000007"},
      {"series", SeriesKey(7, 42), "7300000007000000000000002a"},
      {"sealed", SealedKey(7), "6200000007"},
      {"metadata", MetadataKey(7, "up"), "6d000000077570"},
      {"state", StateKey(7, "up"), "61000000077570"},
      {"retention of a tenant", TenantRetentionKey("up"), "727570"},
      {"exemplar", ExemplarKey({7, 42, 1}, 255),
       "788000000100000007000000000000002a800000000000000100000000000000ff"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string want = c.hex;
    std::erase(want, ' ');
    EXPECT_EQ(Hex(c.key), want);
  }
  TenantId tenant = 0;
  std::string_view metric;
  const std::string metadata = MetadataKey(7, "up");
  EXPECT_TRUE(DecodeMetadataKey(metadata, tenant, metric));
  EXPECT_EQ(tenant, 7u);
  EXPECT_EQ(metric, "up");
  EXPECT_FALSE(DecodeMetadataKey(SealedKey(7), tenant, metric));
}

TEST(KeysTest, BlocksAreLeftOpenAndPartitionsHoldThemWhole) {
  const struct {
    int64_t t;
    int64_t end;
    Partition partition;
  } cases[] = {
      {0, 0, 0},
      {1, kBlockMs, 1},
      {kBlockMs, kBlockMs, 1},
      {kBlockMs + 1, 2 * kBlockMs, 2},
      {kPartitionMs, kPartitionMs, 1},
      {kPartitionMs + 1, kPartitionMs + kBlockMs, 2},
      {-1, 0, 0},
      {-kBlockMs, -kBlockMs, -1},
      {-kPartitionMs, -kPartitionMs, -1},
      {kMax, kMax, std::numeric_limits<Partition>::max()},
      {kMin, kMin / kBlockMs * kBlockMs, std::numeric_limits<Partition>::min()},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.t);
    EXPECT_EQ(BlockEnd(c.t), c.end);
    EXPECT_EQ(PartitionOf(c.t), c.partition);
    EXPECT_EQ(PartitionOf(c.end), c.partition);
    EXPECT_LE(BlockFirst(c.end), c.t);
    EXPECT_EQ(BlockEnd(BlockFirst(c.end)), c.end);
  }
}

TEST(KeysTest, ByteOrderIsOrderOfPartitionTenantSeriesAndTime) {
  std::mt19937_64 random(1);
  std::vector<RawKey> keys;
  const int64_t times[] = {kMin, kMin + 1, -kPartitionMs, -1, 0, 1, kPartitionMs, kMax - 1, kMax};
  for (const int64_t t : times) {
    for (int i = 0; i < 4; ++i) {
      keys.push_back(RawKeyOf(static_cast<TenantId>(random() % 3), random() % 3, BlockEnd(t)));
    }
  }
  const auto by_fields = [](const RawKey& a, const RawKey& b) {
    return std::tie(a.partition, a.tenant, a.series, a.block_end) <
           std::tie(b.partition, b.tenant, b.series, b.block_end);
  };
  for (const RawKey& a : keys) {
    RawKey back;
    ASSERT_TRUE(DecodeRawKey(EncodeRawKey(a), back));
    EXPECT_EQ(back, a);
    for (const RawKey& b : keys) {
      EXPECT_EQ(EncodeRawKey(a) < EncodeRawKey(b), by_fields(a, b));
    }
  }
}

TEST(KeysTest, OtherBytesAreNoKeys) {
  RawKey raw;
  uint64_t sequence;
  TenantId tenant;
  SeriesId series;
  const std::string whole = EncodeRawKey(RawKeyOf(1, 2, 3));
  for (size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(DecodeRawKey(whole.substr(0, n), raw));
  EXPECT_FALSE(DecodeRawKey(whole + "x", raw));
  EXPECT_FALSE(DecodeJournalKey("1234567", sequence));
  EXPECT_FALSE(DecodeTenantKey(SealedKey(1), tenant));
  EXPECT_FALSE(DecodeSealedKey(TenantKey(1), tenant));
  EXPECT_FALSE(DecodeSeriesKey(TenantKey(1), tenant, series));
  ExemplarPlace place;
  const std::string exemplar = ExemplarKey({1, 2, -5}, 9);
  for (size_t n = 0; n < exemplar.size(); ++n) {
    EXPECT_FALSE(DecodeExemplarKey(exemplar.substr(0, n), place));
  }
  EXPECT_FALSE(DecodeExemplarKey(SeriesKey(1, 2), place));
}

TEST(KeysTest, ExemplarsLieByPartitionTenantSeriesAndTime) {
  ExemplarPlace place;
  ASSERT_TRUE(DecodeExemplarKey(ExemplarKey({1, 2, -5}, 9), place));
  EXPECT_EQ(place.tenant, 1u);
  EXPECT_EQ(place.series, 2u);
  EXPECT_EQ(place.t, -5);
  Partition partition;
  ASSERT_TRUE(DecodeExemplarPartition(ExemplarKey({1, 2, kPartitionMs + 1}, 9), partition));
  EXPECT_EQ(partition, 2);
  const std::string in_order[] = {
      ExemplarPartitionKey(-1),  ExemplarKey({7, 7, -kPartitionMs}, 0),
      ExemplarPartitionKey(0),   ExemplarTenantKey(0, 3),
      ExemplarKey({3, 1, 0}, 5), ExemplarKey({3, 2, -9}, 5),
      ExemplarKey({3, 2, 0}, 0), ExemplarTenantKey(0, 4),
      ExemplarKey({1, 1, 1}, 5), ExemplarPartitionKey(2),
  };
  for (size_t i = 1; i < std::size(in_order); ++i) EXPECT_LT(in_order[i - 1], in_order[i]) << i;
}

}  // namespace
}  // namespace tidemark::tsdb
