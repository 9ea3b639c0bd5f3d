#include "server/http/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace tidemark::server {
namespace {

bool IsTokenChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool IsToken(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), IsTokenChar);
}

bool IsControl(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

std::string_view Trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

std::string Lower(std::string_view s) {
  std::string out(s);
  absl::AsciiStrToLower(&out);
  return out;
}

// Takes the first line off `bytes`, without its line end.
std::string_view TakeLine(std::string_view& bytes) {
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(std::min(end + 1, bytes.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// "http://host/path" and "*" are legal targets, too.
std::string_view WithoutAuthority(std::string_view target) {
  const size_t scheme = target.find("://");
  if (target.empty() || target.front() == '/' || scheme == std::string_view::npos) return target;
  const size_t slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

std::optional<HttpError> ParseTarget(std::string_view target, RequestHead& head) {
  if (target.empty() || std::any_of(target.begin(), target.end(), IsControl)) {
    return HttpError{400, "malformed request target"};
  }
  head.target = std::string(target);
  std::string_view rest = WithoutAuthority(target);
  rest = rest.substr(0, rest.find('#'));
  const size_t mark = rest.find('?');
  head.path = std::string(rest.substr(0, mark));
  if (mark != std::string_view::npos) head.query = std::string(rest.substr(mark + 1));
  return std::nullopt;
}

std::optional<HttpError> ParseRequestLine(std::string_view line, RequestHead& head) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !IsToken(line.substr(0, first))) {
    return HttpError{400, "malformed request line: this port speaks HTTP/1.1 without TLS"};
  }
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return HttpError{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  head.method = std::string(line.substr(0, first));
  head.minor_version = version.back() - '0';
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.find(' ') != std::string_view::npos) {
    return HttpError{400, "malformed request target: a space must be escaped"};
  }
  return ParseTarget(target, head);
}

std::optional<HttpError> ParseField(std::string_view line, RequestHead& head) {
  const size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || !IsToken(name)) {
    return HttpError{400, "malformed header field"};
  }
  const std::string_view value = Trim(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), IsControl)) {
    return HttpError{400, fmt::format("control character in header field \"{}\"", name)};
  }
  auto [it, added] = head.headers.try_emplace(Lower(name), value);
  if (!added) it->second.append(", ").append(value);
  return std::nullopt;
}

// A length that is given twice must be the same: a proxy in front may have
// believed the other one.
std::optional<HttpError> ParseContentLength(std::string_view value, uint64_t& length) {
  std::optional<uint64_t> seen;
  while (true) {
    const size_t comma = std::min(value.find(','), value.size());
    const std::string_view one = Trim(value.substr(0, comma));
    uint64_t n = 0;
    const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), n);
    if (one.empty() || error != std::errc() || end != one.data() + one.size() ||
        seen.value_or(n) != n) {
      return HttpError{400, "malformed Content-Length"};
    }
    seen = n;
    if (comma == value.size()) break;
    value.remove_prefix(comma + 1);
  }
  length = *seen;
  return std::nullopt;
}

std::optional<HttpError> ReadFraming(RequestHead& head) {
  const std::string_view coding = head.Header("transfer-encoding");
  const std::string_view length = head.Header("content-length");
  if (!coding.empty()) {
    if (Lower(coding) != "chunked") {
      return HttpError{501, fmt::format("unknown transfer coding \"{}\"", coding)};
    }
    if (!length.empty() || head.minor_version == 0) {
      return HttpError{400, "ambiguous body length"};
    }
    head.chunked = true;
    return std::nullopt;
  }
  if (!head.headers.contains("content-length")) return std::nullopt;
  return ParseContentLength(length, head.content_length);
}

std::optional<HttpError> ReadConnectionFields(RequestHead& head) {
  const std::string connection = Lower(head.Header("connection"));
  head.keep_alive = head.minor_version == 1 && !absl::StrContains(connection, "close");
  const std::string_view expect = head.Header("expect");
  if (expect.empty()) return std::nullopt;
  if (Lower(expect) != "100-continue") {
    return HttpError{417, fmt::format("unknown expectation \"{}\"", expect)};
  }
  head.expect_continue = head.minor_version == 1;
  return std::nullopt;
}

}  // namespace

std::string_view RequestHead::Header(std::string_view lower_case_name) const {
  const auto it = headers.find(lower_case_name);
  return it == headers.end() ? std::string_view() : std::string_view(it->second);
}

size_t FindHeadEnd(std::string_view in, size_t& scanned) {
  for (size_t at = in.find('\n', scanned); at != std::string_view::npos;
       at = in.find('\n', at + 1)) {
    const std::string_view rest = in.substr(at + 1);
    if (rest.substr(0, 1) == "\n") return at + 2;
    if (rest.substr(0, 2) == "\r\n") return at + 3;
  }
  // The end may begin in the last two bytes.
  scanned = in.size() < 2 ? 0 : in.size() - 2;
  return 0;
}

std::optional<HttpError> ParseRequestHead(std::string_view bytes, RequestHead& head) {
  head = RequestHead();
  if (auto error = ParseRequestLine(TakeLine(bytes), head)) return error;
  for (std::string_view line = TakeLine(bytes); !line.empty(); line = TakeLine(bytes)) {
    if (auto error = ParseField(line, head)) return error;
  }
  if (auto error = ReadFraming(head)) return error;
  return ReadConnectionFields(head);
}

}  // namespace tidemark::server
