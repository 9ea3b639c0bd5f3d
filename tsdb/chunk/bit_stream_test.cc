#include "tsdb/chunk/bit_stream.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace tidemark::tsdb {
namespace {

TEST(BitStreamTest, HighestBitFirst) {
  BitWriter out;
  out.Write(0b101, 3);
  out.Write(0b1, 1);
  out.Write(0xabc, 12);
  out.Write(0, 0);
  EXPECT_EQ(out.bytes(), std::string("\xba\xbc"));
  out.Write(1, 1);
  EXPECT_EQ(out.bytes(), std::string("\xba\xbc\x80"));
}

TEST(BitStreamTest, EveryWidthComesBack) {
  std::mt19937_64 random(1);
  BitWriter out;
  std::vector<std::pair<uint64_t, int>> written;
  for (int i = 0; i < 5000; ++i) {
    const int bits = static_cast<int>(random() % 65);
    const uint64_t value = bits == 0 ? 0 : random() >> (64 - bits);
    out.Write(value, bits);
    written.emplace_back(value, bits);
  }
  BitReader in(out.bytes());
  for (const auto& [value, bits] : written) {
    uint64_t got;
    ASSERT_TRUE(in.Read(bits, got));
    ASSERT_EQ(got, value) << bits;
  }
  uint64_t rest;
  EXPECT_FALSE(in.Read(8, rest));
}

TEST(BitStreamTest, Ones) {
  BitWriter out;
  out.Write(0b0'10'1110'11111'0, 13);
  BitReader in(out.bytes());
  for (const int want : {0, 1, 3, 5, 0}) {
    int ones;
    ASSERT_TRUE(in.ReadOnes(5, ones));
    EXPECT_EQ(ones, want);
  }
  EXPECT_EQ(in.offset(), 2u);
}

TEST(BitStreamTest, OnesAndBitsAreOnesThenBits) {
  constexpr int kMost = 24;
  std::mt19937_64 random(3);
  BitWriter out;
  for (int i = 0; i < 500; ++i) out.Write(random() | random() | random(), 64);
  BitReader apart(out.bytes()), together(out.bytes());
  for (;;) {
    const int bits = static_cast<int>(random() % (BitReader::kMostAtOnce - kMost));
    int want_ones, ones;
    uint64_t want = 0, value;
    bool more = apart.ReadOnes(kMost, want_ones);
    if (more && want_ones < kMost) more = apart.Read(bits, want);
    ASSERT_EQ(together.ReadOnesAndBits(kMost, bits, ones, value), more);
    if (!more) break;
    ASSERT_EQ(ones, want_ones);
    ASSERT_EQ(value, want);
  }
  EXPECT_GT(together.offset() + 10, out.bytes().size());
}

TEST(BitStreamTest, StopsAtTheEnd) {
  BitReader empty("");
  uint64_t value;
  int ones;
  EXPECT_FALSE(empty.Read(1, value));
  EXPECT_FALSE(empty.ReadOnes(5, ones));
  const std::string one(1, '\xff');
  BitReader full(one);
  EXPECT_FALSE(full.Read(64, value));
  ASSERT_TRUE(full.ReadOnes(5, ones));
  EXPECT_FALSE(full.ReadOnes(5, ones)) << "three ones and no zero behind them";
}

}  // namespace
}  // namespace tidemark::tsdb
