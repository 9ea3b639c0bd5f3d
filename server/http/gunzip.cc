#include "server/http/gunzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "tsdb/base/check.h"

namespace tidemark::server {
namespace {

constexpr int kGzipFormat = 15 + 16;  // zlib's largest window, gzip framing

// What a body is taken to grow to at first.
constexpr size_t kFirstRatio = 8;

struct EndInflate {
  void operator()(z_stream* z) const { inflateEnd(z); }
};

Status Corrupt(size_t size, std::string_view why) {
  return InvalidArgument(fmt::format("gzip: the body of {} bytes: {}", size, why));
}

}  // namespace

Status Gunzip(std::string_view body, size_t max_bytes, std::string& out) {
  z_stream z = {};
  CHECK(inflateInit2(&z, kGzipFormat) == Z_OK, "inflateInit2");
  const std::unique_ptr<z_stream, EndInflate> end(&z);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  z.avail_in = static_cast<uInt>(body.size());
  // One byte more than allowed tells that there is more.
  const size_t room = max_bytes + 1;
  out.resize(std::min(room, std::max<size_t>(64, body.size() * kFirstRatio)));
  size_t written = 0;
  int result = Z_OK;
  while (z.avail_in > 0 || result != Z_STREAM_END) {
    if (result == Z_STREAM_END) inflateReset(&z);  // the next member
    if (written == out.size()) out.resize(std::min(room, written * 2));
    z.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    z.avail_out = static_cast<uInt>(out.size() - written);
    result = inflate(&z, Z_NO_FLUSH);
    written = out.size() - z.avail_out;
    if (written > max_bytes) {
      return ResourceExhausted(
          fmt::format("gzip: the body holds more than the limit of {} bytes decoded", max_bytes));
    }
    const bool starved = result == Z_BUF_ERROR || (result == Z_OK && z.avail_in == 0);
    if (starved && z.avail_out > 0) return Corrupt(body.size(), "cut short");
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return Corrupt(body.size(), z.msg == nullptr ? "no gzip" : z.msg);
    }
  }
  out.resize(written);
  return OkStatus();
}

}  // namespace tidemark::server
