#include "server/http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

namespace tidemark::server {
namespace {

std::string Gunzip(const std::string& data, size_t size) {
  std::string out(size + 1, '\0');
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Gzip, ComesBack) {
  std::mt19937_64 random(3);
  for (const size_t size : {0, 1, 100, 5000, 1'000'000}) {
    SCOPED_TRACE(size);
    std::string noise(size, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    EXPECT_EQ(Gunzip(Gzip(noise), size), noise);
    const std::string flat(size, 'a');
    EXPECT_EQ(Gunzip(Gzip(flat), size), flat);
  }
}

TEST(Gzip, OnlyWhereItPays) {
  struct Case {
    std::string_view accept, type;
    size_t size;
    bool worth;
  };
  const Case cases[] = {
      {"gzip", "application/json", 4096, true},
      {"gzip, deflate, br", "application/json", 4096, true},
      {"br;q=1.0, GZIP;q=0.8", "text/plain; version=0.0.4", 4096, true},
      {"*", "text/html", 4096, true},
      {"", "application/json", 4096, false},
      {"br", "application/json", 4096, false},
      {"gzip;q=0", "application/json", 4096, false},
      {"gzip; q=0.000", "application/json", 4096, false},
      {"gzip", "application/json", 100, false},
      {"gzip", "application/x-protobuf", 4096, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.accept) + " " + std::string(c.type));
    EXPECT_EQ(WorthGzip(c.accept, c.type, c.size), c.worth);
  }
}

}  // namespace
}  // namespace tidemark::server
