#include "tsdb/base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace tidemark {
namespace {

// RFC 3720, B.4, and the check value of the catalogue of CRCs.
TEST(Crc32cTest, KnownValues) {
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending.push_back(c);
  const struct {
    std::string bytes;
    uint32_t crc;
  } kCases[] = {
      {"", 0},
      {"123456789", 0xe3069283},
      {std::string(32, '\0'), 0x8a9136aa},
      {std::string(32, '\xff'), 0x62a8ab43},
      {ascending, 0x46dd794e},
  };
  for (const auto& c : kCases) EXPECT_EQ(Crc32c(c.bytes), c.crc) << c.bytes.size();
}

}  // namespace
}  // namespace tidemark
