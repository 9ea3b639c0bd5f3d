#include "server/http/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "tsdb/base/check.h"

namespace tidemark::server {
namespace {

// Below this the answer fits into a packet or two anyway.
constexpr size_t kMinBytes = 2048;

constexpr int kGzipFormat = 15 + 16;  // zlib's largest window, gzip framing

bool IsZeroWeight(std::string_view weight) {
  return weight.substr(0, 2) == "0" ||
         (weight.substr(0, 2) == "0." && weight.find_first_not_of("0.") == std::string_view::npos);
}

// "gzip", "gzip;q=0.5", "*;q=0" … without blanks and in lower case.
bool TakesGzip(std::string_view item) {
  const size_t semicolon = std::min(item.find(';'), item.size());
  const std::string_view coding = item.substr(0, semicolon);
  if (coding != "gzip" && coding != "x-gzip" && coding != "*") return false;
  const size_t q = item.find("q=", semicolon);
  return q == std::string_view::npos || !IsZeroWeight(item.substr(q + 2));
}

bool AcceptsGzip(std::string_view accept_encoding) {
  std::string items(accept_encoding);
  items.erase(std::remove(items.begin(), items.end(), ' '), items.end());
  std::transform(items.begin(), items.end(), items.begin(),
                 [](unsigned char c) { return absl::ascii_tolower(c); });
  std::string_view rest = items;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    if (TakesGzip(rest.substr(0, comma))) return true;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return false;
}

bool Shrinks(std::string_view content_type) {
  for (const std::string_view prefix :
       {"text/", "application/json", "application/openmetrics-text", "application/javascript"}) {
    if (content_type.substr(0, prefix.size()) == prefix) return true;
  }
  return content_type == "image/svg+xml";
}

}  // namespace

bool WorthGzip(std::string_view accept_encoding, std::string_view content_type, size_t size) {
  return size >= kMinBytes && Shrinks(content_type) && AcceptsGzip(accept_encoding);
}

std::string Gzip(std::string_view data) {
  z_stream stream = {};
  int result = deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipFormat, 8, Z_DEFAULT_STRATEGY);
  CHECK(result == Z_OK, "deflateInit2 with constant arguments");
  std::string out;
  out.resize(deflateBound(&stream, data.size()));
  size_t used = 0;
  // zlib counts in 32 bits: large bodies go through in several turns.
  constexpr size_t kTurn = 1u << 30;
  do {
    const size_t in = std::min(data.size(), kTurn);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(std::min(out.size() - used, 2 * kTurn));
    const uInt room = stream.avail_out;
    result = deflate(&stream, in == data.size() ? Z_FINISH : Z_NO_FLUSH);
    used += room - stream.avail_out;
    data.remove_prefix(in - stream.avail_in);
  } while (result == Z_OK);
  deflateEnd(&stream);
  CHECK(result == Z_STREAM_END, "deflate within deflateBound");
  out.resize(used);
  return out;
}

}  // namespace tidemark::server
