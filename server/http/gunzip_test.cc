#include "server/http/gunzip.h"

#include <gtest/gtest.h>

#include <random>

#include "server/http/gzip.h"

namespace tidemark::server {
namespace {

std::string Random(size_t bytes) {
  std::mt19937_64 random(3);
  std::string out;
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(random() % 7);
  return out;
}

TEST(GunzipTest, DecodesWhatWasEncoded) {
  std::string out = "before";
  for (const size_t bytes : {0, 1, 100, 5000, 300'000}) {
    SCOPED_TRACE(bytes);
    EXPECT_TRUE(Gunzip(Gzip(Random(bytes)), bytes, out).ok());
    EXPECT_EQ(out, Random(bytes));
  }
  EXPECT_TRUE(Gunzip(Gzip("ab") + Gzip("") + Gzip("cd"), 4, out).ok());
  EXPECT_EQ(out, "abcd");
}

TEST(GunzipTest, StopsAtTheLimit) {
  std::string out;
  const Status status = Gunzip(Gzip(Random(1001)), 1000, out);
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(MessageOf(status), "gzip: the body holds more than the limit of 1000 bytes decoded");
  std::string fresh;
  EXPECT_FALSE(Gunzip(Gzip(std::string(50 << 20, 'x')), 1 << 20, fresh).ok());
  EXPECT_LE(fresh.capacity(), 2u << 20);
}

TEST(GunzipTest, RefusesWhatIsNotGzip) {
  const std::string good = Gzip(Random(3000));
  std::string out;
  for (const std::string& bad : {std::string(), std::string("hello, this is text"), good + "x"}) {
    EXPECT_EQ(Gunzip(bad, 5000, out).code(), StatusCode::kInvalidArgument);
  }
  for (size_t cut = 0; cut < good.size(); cut += 7) {
    EXPECT_FALSE(Gunzip(good.substr(0, cut), 5000, out).ok()) << cut;
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string broken = good;
    broken[random() % broken.size()] ^= static_cast<char>(1 << random() % 8);
    Gunzip(broken, 5000, out).IgnoreError();  // no crash, and bounded
    EXPECT_LE(out.size(), 5001u);
  }
}

}  // namespace
}  // namespace tidemark::server
