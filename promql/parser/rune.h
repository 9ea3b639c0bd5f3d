// Runes: the Unicode code points of UTF-8 text, read as Go reads them, because
// what queries and error messages may contain is defined by Go's strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::promql {

using Rune = int32_t;

inline constexpr Rune kRuneError = 0xFFFD;  // what invalid UTF-8 reads as
inline constexpr Rune kMaxRune = 0x10FFFF;

struct DecodedRune {
  Rune rune = kRuneError;
  int width = 1;  // bytes
};

// The first rune of `text`, which must not be empty.  A byte that starts no valid
// sequence (overlong and surrogate ones are not valid) is kRuneError of width 1.
DecodedRune DecodeRune(std::string_view text);

// Whether `text` is valid UTF-8.
bool IsValidUtf8(std::string_view text);

// Appends `rune` in UTF-8; kRuneError when it is no code point.
void AppendRune(Rune rune, std::string& out);

// ASCII only: names and numbers of PromQL have no others.
constexpr bool IsDigit(Rune r) { return r >= '0' && r <= '9'; }
constexpr bool IsLetter(Rune r) {
  return r == '_' || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z');
}
constexpr bool IsLetterOrDigit(Rune r) { return IsLetter(r) || IsDigit(r); }

// What the digit is worth in base 16; 16 for what is no digit.
constexpr int DigitValue(Rune r) {
  if (IsDigit(r)) return r - '0';
  if (r >= 'a' && r <= 'f') return r - 'a' + 10;
  if (r >= 'A' && r <= 'F') return r - 'A' + 10;
  return 16;
}

}  // namespace tidemark::promql
