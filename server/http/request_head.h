// RequestHead: the request line and header fields of one HTTP/1.x request.
//
// The server parses heads itself, before cpp-httplib sees the request, because
// the size of a body, its route and its lane must be known before anyone waits
// for the rest; and because httplib decodes percent escapes in header values
// and divides parameters at every '='.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark::server {

struct RequestHead {
  std::string method;
  std::string target;  // as sent
  std::string path;    // of the target, escapes kept
  std::string query;   // of the target, after '?', escapes kept
  int minor_version = 1;
  // Names in lower case; fields sent twice are joined with ", ".
  std::map<std::string, std::string, std::less<>> headers;
  uint64_t content_length = 0;
  bool chunked = false;
  bool expect_continue = false;
  bool keep_alive = true;

  bool has_body() const { return chunked || content_length > 0; }
  std::string_view Header(std::string_view lower_case_name) const;  // or ""
};

// What is wrong with a request, as an HTTP status and a line of text.
struct HttpError {
  int status = 400;
  std::string text;
};

// The length of the head that `in` starts with, its empty line included, or 0
// when that has not arrived yet.  The first `scanned` bytes are known from an
// earlier call to hold no end; updated.  Lines may end in LF alone.
size_t FindHeadEnd(std::string_view in, size_t& scanned);

// Reads a head as FindHeadEnd found it.  Errors: 400 malformed or ambiguous
// framing, 417 an unknown expectation, 501 an unknown transfer coding, 505 not
// HTTP/1.x.
std::optional<HttpError> ParseRequestHead(std::string_view bytes, RequestHead& head);

}  // namespace tidemark::server
