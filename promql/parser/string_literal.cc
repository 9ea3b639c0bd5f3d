#include "promql/parser/string_literal.h"

#include <fmt/format.h>

#include <cstring>

#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

constexpr char kEscapeLetters[] = "abfnrtv";
constexpr char kEscapedBytes[] = "\a\b\f\n\r\t\v";

Status SyntaxError() { return InvalidArgument("invalid syntax"); }

// Takes `count` digits of `base` from `text`; -1 when they are not there.
int64_t TakeDigits(std::string_view& text, size_t count, int base) {
  if (text.size() < count) return -1;
  int64_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    const int digit = DigitValue(text[i]);
    if (digit >= base) return -1;
    value = value * base + digit;
  }
  text.remove_prefix(count);
  return value;
}

bool TakeByteEscape(std::string_view& text, size_t count, int base, std::string& out) {
  const int64_t value = TakeDigits(text, count, base);
  if (value < 0 || value > 255) return false;
  out += static_cast<char>(value);
  return true;
}

bool TakeRuneEscape(std::string_view& text, size_t count, std::string& out) {
  const int64_t value = TakeDigits(text, count, 16);
  if (value < 0 || value > kMaxRune) return false;
  AppendRune(static_cast<Rune>(value), out);
  return true;
}

// Takes what follows a backslash.
bool TakeEscape(std::string_view& text, char quote, std::string& out) {
  if (text.empty()) return false;
  const char c = text.front();
  if (c >= '0' && c <= '7') return TakeByteEscape(text, 3, 8, out);
  text.remove_prefix(1);
  switch (c) {
    case 'x':
      return TakeByteEscape(text, 2, 16, out);
    case 'u':
      return TakeRuneEscape(text, 4, out);
    case 'U':
      return TakeRuneEscape(text, 8, out);
    default:
      break;
  }
  if (c == '\\' || c == quote) {
    out += c;
    return true;
  }
  const char* at = c != 0 ? std::strchr(kEscapeLetters, c) : nullptr;
  if (at == nullptr) return false;
  out += kEscapedBytes[at - kEscapeLetters];
  return true;
}

StatusOr<std::string> UnquoteEscaped(std::string_view body, char quote) {
  std::string out;
  out.reserve(body.size());
  while (!body.empty()) {
    const char c = body.front();
    body.remove_prefix(1);
    if (c == quote || c == '\n') return SyntaxError();
    if (c != '\\') {
      out += c;
    } else if (!TakeEscape(body, quote, out)) {
      return SyntaxError();
    }
  }
  return out;
}

}  // namespace

StatusOr<std::string> Unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return SyntaxError();
  const char quote = text.front();
  const std::string_view body = text.substr(1, text.size() - 2);
  if (quote == '"' || quote == '\'') return UnquoteEscaped(body, quote);
  if (quote != '`' || body.find('`') != std::string_view::npos) return SyntaxError();
  return std::string(body);
}

std::string QuoteRune(Rune rune) {
  if (rune < 0 || rune > kMaxRune) rune = kRuneError;
  if (rune == '\'') return "'\\''";
  if (rune == '"') return "'\"'";
  std::string text;
  AppendRune(rune, text);
  std::string out = Quoted(text);
  out.front() = out.back() = '\'';
  return out;
}

std::string DescribeRune(Rune rune) {
  std::string text;
  AppendRune(rune, text);
  std::string out = fmt::format("U+{:04X}", rune);
  const bool printable = rune == '"' || rune == '\\' || Quoted(text).size() == text.size() + 2;
  return printable ? fmt::format("{} '{}'", out, text) : out;
}

}  // namespace tidemark::promql
