#include "tsdb/base/checksum.h"

#include <gtest/gtest.h>

#include <string>

namespace tidemark {
namespace {

// The first is the value that xxHash documents for empty input, seed 0.
TEST(ChecksumTest, ValuesAreFrozen) {
  EXPECT_EQ(Checksum64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(Checksum32(""), 0x38d394c2u);
}

TEST(ChecksumTest, AnyFlippedBitShows) {
  std::string bytes(300, 'x');
  const uint32_t before = Checksum32(bytes);
  for (size_t i = 0; i < bytes.size() * 8; ++i) {
    bytes[i / 8] ^= static_cast<char>(1 << (i % 8));
    EXPECT_NE(Checksum32(bytes), before) << "bit " << i;
    bytes[i / 8] ^= static_cast<char>(1 << (i % 8));
  }
}

TEST(ChecksumTest, InParts) {
  ChecksumStream sum;
  EXPECT_EQ(sum.sum(), Checksum64(""));
  sum.Add("in ");
  sum.Add("");
  sum.Add("parts");
  EXPECT_EQ(sum.sum(), Checksum64("in parts"));
}

}  // namespace
}  // namespace tidemark
