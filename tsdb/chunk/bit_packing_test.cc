#include "tsdb/chunk/bit_packing.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tsdb/chunk/column_integers.h"

namespace tidemark::tsdb {
namespace {

using Numbers = std::vector<uint64_t>;

uint64_t N(int64_t v) { return static_cast<uint64_t>(v); }

std::string Pack(const Numbers& numbers) {
  std::string out;
  const Frame frame = ChooseFrame(numbers);
  AppendPacked(out, numbers, frame);
  EXPECT_LE(out.size(), frame.bytes);
  return out;
}

TEST(BitPackingTest, SizesAreAsSmallAsTheRange) {
  const struct {
    const char* name;
    Numbers numbers;
    size_t bytes;
  } cases[] = {
      {"none", {}, 0},
      {"all equal", Numbers(64, 5), 2},
      {"equal and large", Numbers(64, N(-1)), 2},
      {"a bit each", {4, 5, 5, 4, 4, 5, 4, 5}, 3},
      {"around zero", {N(-2), 1, 0, N(-1)}, 3},
      {"the whole range", {N(INT64_MIN), 0, N(INT64_MAX)}, 1 + 1 + 1 + 2 * 11},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Pack(c.numbers).size(), c.bytes);
  }
  Numbers with_exceptions(64, 7);
  with_exceptions[20] = 60007;
  with_exceptions[63] = N(-60007);
  EXPECT_EQ(Pack(with_exceptions).size(), 2u + 1 + 2 * 4);
}

// Widths of all sizes, with some numbers far off.
Numbers RandomNumbers(std::mt19937_64& random) {
  Numbers numbers(random() % (kMostPacked + 1));
  const int bits = static_cast<int>(random() % 65);
  const uint64_t base = random() >> random() % 64;
  const uint64_t far = random() % 4 == 0 ? 2 + random() % 20 : 0;
  for (uint64_t& v : numbers) {
    v = base + (bits == 0 ? 0 : random() >> (64 - bits));
    if (far != 0 && random() % far == 0) v = random();
  }
  return numbers;
}

TEST(BitPackingTest, RandomNumbersComeBack) {
  std::mt19937_64 random(51);
  for (int round = 0; round < 3000; ++round) {
    const Numbers numbers = RandomNumbers(random);
    const std::string bytes = Pack(numbers) + "rest";
    std::string_view in = bytes;
    Numbers read(numbers.size());
    ASSERT_TRUE(ReadPacked(in, read));
    ASSERT_EQ(read, numbers);
    ASSERT_EQ(in, "rest");
  }
}

TEST(BitPackingTest, EveryCutIsRefused) {
  std::mt19937_64 random(52);
  for (int round = 0; round < 300; ++round) {
    Numbers numbers = RandomNumbers(random);
    const std::string bytes = Pack(numbers);
    for (size_t n = 0; n < bytes.size(); ++n) {
      std::string_view in = std::string_view(bytes).substr(0, n);
      ASSERT_FALSE(ReadPacked(in, numbers)) << n;
    }
  }
}

TEST(BitPackingTest, WhatNoWriterSaysIsRefused) {
  const struct {
    const char* name;
    std::string_view bytes;
  } cases[] = {
      {"width of 65", {"\x41\x00", 2}},
      {"more exceptions than numbers", {"\x80\x00\x03\x00\x02\x01\x02\x01\x04", 9}},
      {"an exception behind the end", {"\x80\x00\x01\x02\x02", 5}},
      {"base of too many bytes", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string_view in = c.bytes;
    Numbers numbers(2);
    EXPECT_FALSE(ReadPacked(in, numbers));
  }
}

TEST(ColumnIntegersTest, TheOrderThatFits) {
  Numbers level, counter, straight;
  for (uint64_t i = 0; i < 64; ++i) {
    level.push_back(1'000'000 + i * i * 7919 % 13);
    counter.push_back(1'000'000 + i * 500 + i * i * 7919 % 13);
    straight.push_back(1'000'000 + i * i * 3);
  }
  const struct {
    const char* name;
    Numbers numbers;
    int order;
    size_t most_bytes;
  } cases[] = {{"a level", level, 0, 1 + 3 + 32},
               {"a counter", counter, 1, 3 + 1 + 2 + 40},
               {"steady growth", straight, 2, 3 + 1 + 2},
               {"one", {17}, 1, 1},
               {"none", {}, 0, 0}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string out;
    EXPECT_EQ(AppendIntegers(out, c.numbers), c.order);
    EXPECT_LE(out.size(), c.most_bytes);
  }
}

TEST(ColumnIntegersTest, RandomNumbersComeBack) {
  std::mt19937_64 random(53);
  for (int round = 0; round < 2000; ++round) {
    Numbers numbers = RandomNumbers(random);
    for (size_t i = 1; round % 2 == 0 && i < numbers.size(); ++i) numbers[i] += numbers[i - 1];
    std::string bytes;
    const int order = AppendIntegers(bytes, numbers);
    ASSERT_LE(order, kMostOrder);
    std::string_view in = bytes;
    Numbers read(numbers.size());
    ASSERT_TRUE(ReadIntegers(in, order, read));
    ASSERT_EQ(read, numbers);
    ASSERT_TRUE(in.empty());
  }
}

}  // namespace
}  // namespace tidemark::tsdb
