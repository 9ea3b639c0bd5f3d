#include "tsdb/base/varint.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace tidemark {
namespace {

TEST(VarintTest, KnownBytes) {
  const struct {
    uint64_t value;
    std::string bytes;
  } cases[] = {
      {0, std::string(1, '\0')},
      {127, "\x7f"},
      {128, "\x80\x01"},
      {300, "\xac\x02"},
      {std::numeric_limits<uint64_t>::max(), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.value);
    std::string out;
    AppendVarint(out, c.value);
    EXPECT_EQ(out, c.bytes);
    EXPECT_EQ(VarintBytes(c.value), c.bytes.size());
  }
}

TEST(VarintTest, EveryBitLengthComesBack) {
  std::mt19937_64 random(1);
  for (int bits = 0; bits <= 64; ++bits) {
    const uint64_t value = bits == 0 ? 0 : random() >> (64 - bits);
    const auto number = static_cast<int64_t>(value);
    std::string out;
    AppendVarint(out, value);
    AppendZigzag(out, number);
    AppendZigzag(out, -(number >> 1));
    std::string_view in = out;
    uint64_t v;
    int64_t z;
    ASSERT_TRUE(ReadVarint(in, v));
    EXPECT_EQ(v, value);
    ASSERT_TRUE(ReadZigzag(in, z));
    EXPECT_EQ(z, number);
    ASSERT_TRUE(ReadZigzag(in, z));
    EXPECT_EQ(z, -(number >> 1));
    EXPECT_TRUE(in.empty());
  }
}

TEST(VarintTest, ZigzagOfTheExtremes) {
  for (const int64_t v : {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(),
                          int64_t{-1}, int64_t{0}}) {
    EXPECT_EQ(ZigzagDecode(ZigzagEncode(v)), v);
  }
  EXPECT_EQ(ZigzagEncode(-1), 1u);
  EXPECT_EQ(ZigzagEncode(1), 2u);
}

TEST(VarintTest, RefusesWhatIsCutOrTooLong) {
  const std::string cases[] = {"", "\x80", "\xff\xff\xff",
                               "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
                               "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"};
  for (const std::string& bytes : cases) {
    std::string_view in = bytes;
    uint64_t v;
    EXPECT_FALSE(ReadVarint(in, v));
    EXPECT_EQ(in, bytes);
  }
}

TEST(VarintTest, ThirtyTwoBitReaderRefusesMore) {
  std::string out;
  AppendVarint(out, uint64_t{1} << 32);
  std::string_view in = out;
  uint32_t v;
  EXPECT_FALSE(ReadVarint32(in, v));
  EXPECT_EQ(in, out);
}

TEST(VarintTest, LengthPrefixedStaysInBounds) {
  std::string out;
  AppendLengthPrefixed(out, "tide");
  AppendLengthPrefixed(out, "");
  std::string_view in = out;
  std::string_view bytes;
  ASSERT_TRUE(ReadLengthPrefixed(in, bytes));
  EXPECT_EQ(bytes, "tide");
  ASSERT_TRUE(ReadLengthPrefixed(in, bytes));
  EXPECT_EQ(bytes, "");
  for (const std::string& cut : {std::string("\x05tide"), std::string("\xff\xff\xff\xff\x0fx")}) {
    in = cut;
    EXPECT_FALSE(ReadLengthPrefixed(in, bytes));
    EXPECT_EQ(in, cut);
  }
}

}  // namespace
}  // namespace tidemark
