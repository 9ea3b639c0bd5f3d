#include "server/ingest/content_headers.h"

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

constexpr std::string_view kMessage = "prometheus.WriteRequest";

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

// The media type and the value of its parameter `proto`, or "".
struct ContentType {
  absl::string_view media;
  absl::string_view proto;
};

ContentType ParseContentType(std::string_view header) {
  ContentType out;
  bool first = true;
  for (const absl::string_view piece : absl::StrSplit(Absl(header), ';')) {
    absl::string_view part = absl::StripAsciiWhitespace(piece);
    if (first) {
      out.media = part;
      first = false;
    } else if (absl::StartsWithIgnoreCase(part, "proto=")) {
      part.remove_prefix(6);
      if (part.size() >= 2 && part.front() == '"' && part.back() == '"') {
        part = part.substr(1, part.size() - 2);
      }
      out.proto = part;
    }
  }
  return out;
}

}  // namespace

Status CheckContentHeaders(const HttpRequest& request) {
  const std::string_view type = request.Header("content-type");
  if (!type.empty()) {
    const ContentType parsed = ParseContentType(type);
    const bool known = absl::EqualsIgnoreCase(parsed.media, "application/x-protobuf") &&
                       (parsed.proto.empty() || parsed.proto == Absl(kMessage));
    if (!known) {
      return Unimplemented(fmt::format(
          "Content-Type {} is not supported; supported: application/x-protobuf;proto={}",
          Quoted(type.substr(0, 100)), kMessage));
    }
  }
  const std::string_view encoding = request.Header("content-encoding");
  if (!encoding.empty() && !absl::EqualsIgnoreCase(Absl(encoding), "snappy")) {
    return Unimplemented(fmt::format("Content-Encoding {} is not supported; supported: snappy",
                                     Quoted(encoding.substr(0, 100))));
  }
  return OkStatus();
}

}  // namespace tidemark::server
