// The Lexer's string literals.
#include <fmt/format.h>

#include "promql/parser/lexer.h"
#include "promql/parser/string_literal.h"

namespace tidemark::promql {
Token Lexer::LexString(Rune quote) {
  std::string message;
  while (true) {
    const Rune rune = Read();
    if (rune == quote) return Emit(TokenType::kString);
    if (rune == kEnd || rune == '\n') return Fail("unterminated quoted string");
    if (rune == kRuneError) return Fail("invalid UTF-8 rune");
    if (rune == '\\' && !LexEscape(quote, &message)) return Fail(std::move(message));
  }
}

Token Lexer::LexRawString() {
  while (true) {
    const Rune rune = Read();
    if (rune == '`') return Emit(TokenType::kString);
    if (rune == kEnd) return Fail("unterminated raw string");
    if (rune == kRuneError) return Fail("invalid UTF-8 rune");
  }
}

bool Lexer::LexEscape(Rune quote, std::string* message) {
  const Rune rune = Read();
  if (rune == quote) return true;
  switch (rune) {
    case 'a':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
    case 'v':
    case '\\':
      return true;
    case 'x':
      return LexDigits(Read(), 2, 16, 255, message);
    case 'u':
      return LexDigits(Read(), 4, 16, kMaxRune, message);
    case 'U':
      return LexDigits(Read(), 8, 16, kMaxRune, message);
    case kEnd:
      *message = "escape sequence not terminated";
      return false;
    default:
      break;
  }
  if (rune >= '0' && rune <= '7') return LexDigits(rune, 3, 8, 255, message);
  *message = fmt::format("unknown escape sequence {}", DescribeRune(rune));
  return false;
}

bool Lexer::LexDigits(Rune first, int count, int base, int64_t max, std::string* message) {
  Rune rune = first;
  int64_t value = 0;
  for (int i = 0; i < count; ++i) {
    if (i > 0) rune = Read();
    if (rune == kEnd) {
      *message = "escape sequence not terminated";
      return false;
    }
    const int digit = DigitValue(rune);
    if (digit >= base) {
      *message = fmt::format("illegal character {} in escape sequence", DescribeRune(rune));
      return false;
    }
    value = value * base + digit;
  }
  if (value <= max && (value < 0xD800 || value >= 0xE000)) return true;
  *message = "escape sequence is an invalid Unicode code point";
  return false;
}

}  // namespace tidemark::promql
