#include "tsdb/base/coding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tidemark {
namespace {

TEST(CodingTest, WidthsAndOrderOfBytes) {
  std::string out;
  AppendBigEndian<uint8_t>(out, 0x01);
  AppendBigEndian<uint16_t>(out, 0x0203);
  AppendBigEndian<uint32_t>(out, 0x04050607);
  AppendBigEndian<uint64_t>(out, 0x08090a0b0c0d0e0f);
  EXPECT_EQ(out, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f");
  std::string_view in = out;
  uint8_t a;
  uint16_t b;
  uint32_t c;
  uint64_t d;
  ASSERT_TRUE(ReadBigEndian(in, a) && ReadBigEndian(in, b) && ReadBigEndian(in, c) &&
              ReadBigEndian(in, d));
  EXPECT_EQ(a, 0x01);
  EXPECT_EQ(b, 0x0203);
  EXPECT_EQ(c, 0x04050607u);
  EXPECT_EQ(d, 0x08090a0b0c0d0e0fu);
  EXPECT_TRUE(in.empty());
}

TEST(CodingTest, BytesSortAsNumbersDo) {
  std::vector<std::string> keys;
  const uint64_t ascending[] = {0, 1, 255, 256, 1ull << 32, ~0ull};
  for (const uint64_t v : ascending) AppendBigEndian<uint64_t>(keys.emplace_back(), v);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(CodingTest, TooShortLeavesTheInput) {
  std::string_view in = "abc";
  uint32_t v;
  double d;
  EXPECT_FALSE(ReadBigEndian(in, v));
  EXPECT_FALSE(ReadDouble(in, d));
  EXPECT_EQ(in, "abc");
}

TEST(CodingTest, DoublesComeBackBitForBit) {
  for (const uint64_t bits : {0x0ull, 0x8000000000000000ull, 0x7ff0000000000002ull,
                              0xfff8123456789abcull, 0x3ff8000000000000ull}) {
    std::string out;
    AppendDouble(out, std::bit_cast<double>(bits));
    std::string_view in = out;
    double v;
    ASSERT_TRUE(ReadDouble(in, v));
    EXPECT_EQ(std::bit_cast<uint64_t>(v), bits);
  }
}

}  // namespace
}  // namespace tidemark
