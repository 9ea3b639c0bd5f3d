// The Lexer's numbers and durations.  What is scanned need not be valid in all
// its digits: number_literal.h and duration.h have the last word.
#include <fmt/format.h>

#include "promql/parser/lexer.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

constexpr std::string_view kDecimal = "0123456789";
constexpr std::string_view kHexadecimal = "0123456789abcdefABCDEF";

}  // namespace

Token Lexer::LexNumberOrDuration() {
  if (ScanNumber()) return Emit(TokenType::kNumber);
  if (ScanRemainingDuration()) {
    Unread();
    return Emit(TokenType::kDuration);
  }
  return Fail(fmt::format("bad number or duration syntax: {}",
                          Quoted(text_.substr(start_, pos_ - start_))));
}

// [.]digits, then digits, one dot, one exponent and single underscores.
bool Lexer::ScanNumber() {
  digits_ = kDecimal;
  if (Accept("0") && Accept("xX")) {
    Accept("_");
    digits_ = kHexadecimal;
  }
  Accept(".");
  Accept(digits_);
  bool dot = false;
  bool exponent = false;
  while (true) {
    if (PeekIs(".")) {
      Accept(".");
      if (dot || !ScanFraction()) return false;
      dot = true;
    } else if (PeekIs("eE")) {
      Accept("eE");
      if (exponent || !ScanExponent()) return false;
      exponent = true;
    } else if (Accept("_")) {
      if (Accept("._eE") || PeekRune() == kEnd) return false;
    } else if (PeekIs(digits_)) {
      AcceptRun(digits_);
    } else {
      return !IsLetterOrDigit(PeekRune());
    }
  }
}

// What follows the dot.  Hexadecimal fractions are no numbers.
bool Lexer::ScanFraction() { return !Accept("_.") && digits_ == kDecimal; }

// What follows the e.
bool Lexer::ScanExponent() {
  Accept("+-");
  return !Accept("._eE") && PeekRune() != kEnd;
}

// The unit after the number that was scanned, and further numbers and units.
// Reads one rune too many.
bool Lexer::ScanRemainingDuration() {
  if (!Accept("smhdwy")) return false;
  Accept("s");  // of ms
  while (Accept(kDecimal)) {
    AcceptRun(kDecimal);
    if (!Accept("smhdw")) return false;
    Accept("s");
  }
  return !IsLetterOrDigit(Read());
}

}  // namespace tidemark::promql
