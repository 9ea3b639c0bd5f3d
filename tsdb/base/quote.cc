#include "tsdb/base/quote.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace tidemark {
namespace {

struct Rune {
  uint32_t code;
  size_t bytes;  // 0: not UTF-8
};

// Decodes the code point at the front of `text`, which is not empty.
Rune FirstRune(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < n) return {0, 0};
  uint32_t code = lead & (0xff >> (n + 1));
  for (size_t i = 1; i < n; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0, 0};
    code = (code << 6) | (byte(i) & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest[n] || code > 0x10ffff || surrogate) return {0, 0};
  return {code, n};
}

// Controls, formats, separators and private use (Unicode categories C and Z)
// but for the plain space.
bool IsPrintable(uint32_t code) {
  struct Range {
    uint32_t first, last;
  };
  static constexpr Range kNotPrintable[] = {
      {0x00, 0x1f},       {0x7f, 0xa0},        {0xad, 0xad},       {0x600, 0x605},
      {0x61c, 0x61c},     {0x6dd, 0x6dd},      {0x70f, 0x70f},     {0x890, 0x891},
      {0x8e2, 0x8e2},     {0x1680, 0x1680},    {0x180e, 0x180e},   {0x2000, 0x200f},
      {0x2028, 0x202f},   {0x205f, 0x206f},    {0x3000, 0x3000},   {0xd800, 0xf8ff},
      {0xfeff, 0xfeff},   {0xfff0, 0xfffb},    {0xfffe, 0xffff},   {0x110bd, 0x110bd},
      {0x110cd, 0x110cd}, {0x13430, 0x1343f},  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
      {0xe0000, 0xe00ff}, {0xf0000, 0x10ffff},
  };
  for (const Range& range : kNotPrintable) {
    if (code < range.first) return true;
    if (code <= range.last) return false;
  }
  return true;
}

// The letter after the backslash, or 0.
char ShortEscape(uint32_t code) {
  switch (code) {
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    case '\\':
      return '\\';
    case '"':
      return '"';
    default:
      return 0;
  }
}

void AppendEscaped(std::string& out, uint32_t code) {
  const auto to = std::back_inserter(out);
  if (const char letter = ShortEscape(code); letter != 0) {
    out += '\\';
    out += letter;
  } else if (code < 0x80) {
    fmt::format_to(to, "\\x{:02x}", code);
  } else if (code < 0x10000) {
    fmt::format_to(to, "\\u{:04x}", code);
  } else {
    fmt::format_to(to, "\\U{:08x}", code);
  }
}

bool IsIdentifierByte(char c, bool first) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (!first && c >= '0' && c <= '9');
}

}  // namespace

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    const size_t n = rune.bytes == 0 ? 1 : rune.bytes;
    if (rune.bytes == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (ShortEscape(rune.code) != 0 || !IsPrintable(rune.code)) {
      AppendEscaped(out, rune.code);
    } else {
      out.append(text.substr(0, n));
    }
    text.remove_prefix(n);
  }
  out += '"';
}

std::string Quoted(std::string_view text) {
  std::string out;
  AppendQuoted(out, text);
  return out;
}

bool IsIdentifier(std::string_view name) {
  for (size_t i = 0; i < name.size(); ++i) {
    if (!IsIdentifierByte(name[i], i == 0)) return false;
  }
  return !name.empty();
}

void AppendName(std::string& out, std::string_view name) {
  if (IsIdentifier(name)) {
    out.append(name);
  } else {
    AppendQuoted(out, name);
  }
}

}  // namespace tidemark
