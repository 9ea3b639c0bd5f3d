#include "server/http/params.h"

#include <fmt/format.h>

namespace tidemark::server {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Status ParsePair(std::string_view pair, HttpParams& params) {
  const size_t eq = pair.find('=');
  ASSIGN_OR_RETURN(std::string name, Unescape(pair.substr(0, eq), true));
  std::string value;
  if (eq != std::string_view::npos) {
    ASSIGN_OR_RETURN(value, Unescape(pair.substr(eq + 1), true));
  }
  params.emplace_back(std::move(name), std::move(value));
  return OkStatus();
}

}  // namespace

StatusOr<std::string> Unescape(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 1 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return InvalidArgument(fmt::format("invalid URL escape \"{}\"", text.substr(i, 3)));
      }
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

Status ParseParams(std::string_view text, HttpParams& params) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!pair.empty()) RETURN_IF_ERROR(ParsePair(pair, params));
  }
  return OkStatus();
}

}  // namespace tidemark::server
