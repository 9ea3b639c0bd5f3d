#include "tsdb/chunk/rice_rows.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

namespace tidemark::tsdb {
namespace {

using Row = std::vector<uint64_t>;

// What comes back; `bits` says how many were written.
Row ThereAndBack(const Row& row, size_t* bits = nullptr) {
  BitPacker writer;
  WriteRow(writer, row);
  writer.Write(1, 1);
  const size_t wanted = RowBits(row);
  const std::string bytes = writer.Finish();
  EXPECT_EQ(bytes.size(), (wanted + 1 + 7) / 8);
  if (bits != nullptr) *bits = wanted;
  Row back(row.size(), 77);
  BitReader reader(bytes);
  EXPECT_TRUE(ReadRow(reader, back));
  uint64_t last = 0;
  EXPECT_TRUE(reader.Read(1, last));
  EXPECT_EQ(last, 1u) << "the reader stands where the row ends";
  return back;
}

TEST(RiceRowsTest, EveryFormComesBack) {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  constexpr uint64_t kHalf = uint64_t{1} << 63;
  Row sparse(128, 0);
  sparse[3] = 1;
  sparse[127] = kMost;
  const Row cases[] = {{},
                       {0},
                       {5},
                       {kMost},
                       {7, 7, 7},
                       {0, kHalf},
                       {1, 2},
                       {0, kMost},
                       {kHalf, kMost},
                       sparse,
                       Row(128, kHalf),
                       {100, 101, 99, 100, 5000000},
                       {0, 0, 1, 0, 3, 2, 0, 1}};
  for (const Row& row : cases) EXPECT_EQ(ThereAndBack(row), row);
}

// Widths, signs and rarity at random.
TEST(RiceRowsTest, AnyNumbersComeBack) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 3000; ++round) {
    Row row(random() % (kMostInRow + 1));
    const int shift = static_cast<int>(random() % 64);
    const uint64_t zeros = random() % 20;
    const uint64_t base = random() % 2 == 0 ? 0 : random();
    for (uint64_t& v : row) {
      v = base + (random() % 20 < zeros ? 0 : random() >> shift);
      if (random() % 40 == 0) v = random();
    }
    ASSERT_EQ(ThereAndBack(row), row) << round;
  }
}

TEST(RiceRowsTest, ReadersStopWhereTheBitsEnd) {
  Row row;
  for (uint64_t i = 0; i < 100; ++i) row.push_back(i * i % 37);
  BitPacker writer;
  WriteRow(writer, row);
  const std::string bytes = writer.Finish();
  for (size_t n = 0; n < bytes.size(); ++n) {
    const std::string cut = bytes.substr(0, n);
    BitReader reader(cut);
    EXPECT_FALSE(ReadRow(reader, row)) << n;
  }
}

// Bits per number, within what Rice codes are known for: some tenths above
// the entropy.
TEST(RiceRowsTest, TakesFewBits) {
  std::mt19937_64 random(9);
  const auto bits = [&](auto draw) {
    size_t sum = 0;
    for (int i = 0; i < 20; ++i) {
      Row row(kMostInRow);
      for (uint64_t& v : row) v = static_cast<uint64_t>(static_cast<int64_t>(draw(random)));
      size_t one;
      EXPECT_EQ(ThereAndBack(row, &one), row);
      sum += one;
    }
    return static_cast<double>(sum) / (20 * kMostInRow);
  };
  EXPECT_LT(bits(std::normal_distribution<double>(300, 17)), 6.55);  // 6.13
  EXPECT_LT(bits(std::poisson_distribution<int>(2)), 2.9);           // 2.45
  EXPECT_LT(bits(std::bernoulli_distribution(0.03)), 0.36);          // 0.19
  EXPECT_LT(bits([](auto&) { return 12345; }), 0.2);
}

}  // namespace
}  // namespace tidemark::tsdb
