#include "proto/snappy.h"

#include <gtest/gtest.h>
#include <snappy.h>

#include <random>

namespace tidemark::proto {
namespace {

std::string Compressed(const std::string& text) {
  std::string block;
  snappy::Compress(text.data(), text.size(), &block);
  return block;
}

// A block header alone: the declared length as a varint.
std::string Header(uint64_t length) {
  std::string out;
  for (; length >= 0x80; length >>= 7) out += static_cast<char>(length | 0x80);
  return out + static_cast<char>(length);
}

TEST(SnappyTest, DecodesWhatWasCompressed) {
  std::string out = "left over from the last request";
  for (const size_t size : {0u, 1u, 60u, 70'000u, 1u << 20}) {
    SCOPED_TRACE(size);
    const std::string text(size, 'x');
    ASSERT_TRUE(SnappyDecode(Compressed(text), size, out).ok());
    EXPECT_EQ(out, text);
  }
}

TEST(SnappyTest, RefusesADeclaredSizeOverTheBoundBeforeTakingMemory) {
  std::string out;
  const struct {
    const char* name;
    uint64_t declared;
    absl::StatusCode code;
  } kCases[] = {
      {"one byte over", 1001, absl::StatusCode::kResourceExhausted},
      {"as much as the format can say", UINT32_MAX, absl::StatusCode::kResourceExhausted},
      {"more than the format can say", UINT64_MAX, absl::StatusCode::kInvalidArgument},
      // Within the bound, and yet more than five bytes can decode to.
      {"more than the block can hold", 1000, absl::StatusCode::kInvalidArgument},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const absl::Status status = SnappyDecode(Header(c.declared) + "abc", 1000, out);
    EXPECT_EQ(status.code(), c.code) << status;
    EXPECT_EQ(out.capacity(), std::string().capacity());
  }
}

TEST(SnappyTest, AnErrorNamesDeclaredSizeAndLimit) {
  std::string out;
  const absl::Status status = SnappyDecode(Header(2'000'000), 1'000'000, out);
  EXPECT_EQ(status.message(),
            "snappy: the body declares 2000000 bytes decoded, more than the limit of 1000000");
}

TEST(SnappyTest, TheMostCompressibleTextPassesTheRatioCheck) {
  std::string out;
  const std::string text(1 << 20, '\0');
  const std::string block = Compressed(text);
  ASSERT_LT(block.size() * 20, text.size());
  EXPECT_TRUE(SnappyDecode(block, text.size(), out).ok());
}

TEST(SnappyTest, RefusesABlockCutAnywhere) {
  std::mt19937_64 random(1);
  std::string text;
  for (int i = 0; i < 300; ++i) text += std::to_string(random() % 100) + "http_requests_total";
  const std::string block = Compressed(text);
  std::string out;
  for (size_t length = 0; length < block.size(); ++length) {
    SCOPED_TRACE(length);
    EXPECT_EQ(SnappyDecode(block.substr(0, length), 1 << 20, out).code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(SnappyTest, GarbageIsAnErrorOrBytesWithinTheBound) {
  std::mt19937_64 random(2);
  std::string out;
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string garbage(random() % 64, '\0');
    for (char& c : garbage) c = static_cast<char>(random());
    if (SnappyDecode(garbage, 4096, out).ok()) {
      EXPECT_LE(out.size(), 4096u);
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace tidemark::proto
