#include "proto/zstd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <random>

namespace tidemark::proto {
namespace {

std::string Compressed(const std::string& bytes, int level = 1) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level));
  return out;
}

// A frame that does not say how long it is, as streaming encoders write.
std::string Streamed(const std::string& bytes) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  std::string out(ZSTD_compressBound(bytes.size()) + 64, '\0');
  ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
  ZSTD_outBuffer to = {out.data(), out.size(), 0};
  ZSTD_compressStream2(context, &to, &in, ZSTD_e_flush);
  ZSTD_compressStream2(context, &to, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

std::string Random(size_t bytes) {
  std::mt19937_64 random(7);
  std::string out;
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(random() % 5);
  return out;
}

TEST(ZstdTest, DecodesWhatWasEncoded) {
  std::string out = "before";
  for (const size_t bytes : {0, 1, 100, 5000, 200'000, 1'000'000}) {
    SCOPED_TRACE(bytes);
    const std::string text = Random(bytes);
    EXPECT_TRUE(ZstdDecode(Compressed(text), bytes, out).ok());
    EXPECT_EQ(out, text);
    EXPECT_TRUE(ZstdDecode(Streamed(text), bytes, out).ok());
    EXPECT_EQ(out, text);
    EXPECT_TRUE(ZstdDecode(Compressed(text, 19), bytes, out).ok());
    EXPECT_EQ(out, text);
  }
}

TEST(ZstdTest, ReadsFramesOneAfterAnother) {
  std::string out;
  EXPECT_TRUE(ZstdDecode(Compressed("ab") + Streamed("cd") + Compressed(""), 10, out).ok());
  EXPECT_EQ(out, "abcd");
}

TEST(ZstdTest, StopsAtTheLimit) {
  std::string out;
  for (const std::string& body : {Compressed(Random(1001)), Streamed(Random(1001))}) {
    const absl::Status status = ZstdDecode(body, 1000, out);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(status.message(), "zstd: the body holds more than the limit of 1000 bytes decoded");
  }
  const std::string bomb = Compressed(std::string(50 << 20, 'x'));
  std::string fresh;
  EXPECT_FALSE(ZstdDecode(bomb, 1 << 20, fresh).ok());
  EXPECT_LE(fresh.capacity(), 2u << 20);
}

TEST(ZstdTest, RefusesWhatIsNotZstd) {
  const std::string good = Compressed(Random(3000));
  std::string out;
  EXPECT_EQ(ZstdDecode("", 100, out).message(), "zstd: the body of 0 bytes: cut short");
  EXPECT_FALSE(ZstdDecode("hello, this is text", 100, out).ok());
  EXPECT_FALSE(ZstdDecode(good + "x", 5000, out).ok());
  for (size_t cut = 0; cut < good.size(); cut += 7) {
    EXPECT_EQ(ZstdDecode(good.substr(0, cut), 5000, out).code(), absl::StatusCode::kInvalidArgument)
        << cut;
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string broken = good;
    broken[random() % broken.size()] ^= static_cast<char>(1 << random() % 8);
    ZstdDecode(broken, 5000, out).IgnoreError();  // no crash, and bounded
    EXPECT_LE(out.size(), 5001u);
  }
}

TEST(ZstdTest, RefusesAWindowOfGigabytes) {
  // Magic, no content size, window descriptor 0xa0: 2^30; one empty last block.
  const std::string body("\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00", 9);
  std::string out;
  EXPECT_FALSE(ZstdDecode(body, 1 << 20, out).ok());
}

}  // namespace
}  // namespace tidemark::proto
