// Lexer: cuts the text of an expression into Tokens.
//
//   Lexer lexer(text);
//   for (Token t = lexer.Next(); t.type != TokenType::kEof; t = lexer.Next()) …
//
// What a character means depends on where it stands, as in Prometheus: between
// braces words are never keywords; between brackets only durations, arithmetic
// and step(), range(), min_of(), max_of() are known.
//
// Threads: one.  Ownership: tokens point into the text, which must outlive them;
// the message of an error token into the Lexer.
#pragma once

#include <string>
#include <string_view>

#include "promql/parser/rune.h"
#include "promql/parser/token.h"

namespace tidemark::promql {

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // The next token, comments left out; kEof at the end.  After kError, which says
  // what is wrong and where, the text cannot be read on.
  Token Next();

  std::string_view text() const { return text_; }

 private:
  static constexpr Rune kEnd = -1;  // what Read returns at the end

  // What Next expects where it stands.
  enum class Mode {
    kStatement,  // outside of braces, and in brackets after the first number
    kBracket,    // in brackets, before the first number or after an operator
    kBraces,
  };

  // One rune forward; Unread goes one back, once.
  Rune Read();
  void Unread() { pos_ -= width_; }
  Rune PeekRune();
  bool PeekIs(std::string_view set);
  bool Accept(std::string_view set);
  void AcceptRun(std::string_view set);

  Token Emit(TokenType type);
  Token Fail(std::string message);
  // Fails at where the lexer stands rather than where the token began.
  Token FailHere(std::string message);

  void SkipSpaces();
  Token LexStatement();
  Token LexStatementRune(Rune rune);
  Token LexEnd();
  Token LexOperator(Rune rune);
  Token LexEqual();
  Token LexNotEqual();
  Token LexAngle(TokenType plain, TokenType with_equal, TokenType with_slash);
  Token LexBracketWord(Rune rune);
  Token LexLeftBracket();
  Token LexRightBracket();
  Token LexRightParen();
  Token LexWord();

  Token LexBracket();
  Token LexBracketColon();
  bool TakeDurationKeyword(TokenType* type);

  Token LexBraces();
  Token LexIdentifier();

  Token LexComment();
  Token LexString(Rune quote);
  Token LexRawString();
  // The escape after a backslash; false with the message when it is no escape.
  bool LexEscape(Rune quote, std::string* message);
  bool LexDigits(Rune first, int count, int base, int64_t max, std::string* message);

  Token LexNumberOrDuration();
  bool ScanNumber();
  bool ScanFraction();
  bool ScanExponent();
  bool ScanRemainingDuration();

  bool IsFillCall() const;

  const std::string_view text_;
  size_t pos_ = 0;
  size_t start_ = 0;  // of the token
  size_t width_ = 0;  // of the rune read last
  Mode mode_ = Mode::kStatement;
  int paren_depth_ = 0;
  bool bracket_open_ = false;
  bool got_colon_ = false;     // since the bracket opened
  bool got_duration_ = false;  // since any bracket opened: what decides Prometheus' message
  std::string_view digits_;    // of the number being scanned
  std::string error_;
};

}  // namespace tidemark::promql
