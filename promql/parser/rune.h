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

}  // namespace tidemark::promql
