#include "server/ingest/content_headers.h"

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

constexpr std::string_view kV1Name = "prometheus.WriteRequest";
constexpr std::string_view kV2Name = "io.prometheus.write.v2.Request";

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

StatusOr<WriteMessage> ReadMessage(std::string_view header) {
  if (header.empty()) return WriteMessage::kV1;
  const ContentType parsed = ParseContentType(header);
  if (absl::EqualsIgnoreCase(parsed.media, "application/x-protobuf")) {
    if (parsed.proto.empty() || parsed.proto == Absl(kV1Name)) return WriteMessage::kV1;
    if (parsed.proto == Absl(kV2Name)) return WriteMessage::kV2;
  }
  return Unimplemented(
      fmt::format("Content-Type {} is not supported; supported: application/x-protobuf with "
                  "proto={} or proto={}",
                  Quoted(header.substr(0, 100)), kV1Name, kV2Name));
}

StatusOr<WriteEncoding> ReadEncoding(std::string_view header) {
  if (header.empty() || absl::EqualsIgnoreCase(Absl(header), "snappy")) {
    return WriteEncoding::kSnappy;
  }
  if (absl::EqualsIgnoreCase(Absl(header), "zstd")) return WriteEncoding::kZstd;
  return Unimplemented(fmt::format("Content-Encoding {} is not supported; supported: snappy, zstd",
                                   Quoted(header.substr(0, 100))));
}

}  // namespace

StatusOr<WriteContent> ReadContentHeaders(const HttpRequest& request) {
  WriteContent content;
  ASSIGN_OR_RETURN(content.message, ReadMessage(request.Header("content-type")));
  ASSIGN_OR_RETURN(content.encoding, ReadEncoding(request.Header("content-encoding")));
  return content;
}

}  // namespace tidemark::server
