#include "promql/parser/lexer.h"

#include <fmt/format.h>

#include <algorithm>

#include "promql/parser/string_literal.h"

namespace tidemark::promql {
namespace {

bool IsSpace(Rune r) { return r == ' ' || r == '\t' || r == '\n' || r == '\r'; }

bool IsOneOf(Rune r, std::string_view set) {
  return r > 0 && r < 0x80 && set.find(static_cast<char>(r)) != std::string_view::npos;
}
bool StartsDurationKeyword(Rune r) { return IsOneOf(r, "srmSRM"); }

}  // namespace

Rune Lexer::Read() {
  if (pos_ >= text_.size()) {
    width_ = 0;
    return kEnd;
  }
  const DecodedRune decoded = DecodeRune(text_.substr(pos_));
  width_ = decoded.width;
  pos_ += width_;
  return decoded.rune;
}

Rune Lexer::PeekRune() {
  const Rune rune = Read();
  Unread();
  return rune;
}

bool Lexer::PeekIs(std::string_view set) { return IsOneOf(PeekRune(), set); }

bool Lexer::Accept(std::string_view set) {
  const bool accepted = PeekIs(set);
  if (accepted) Read();
  return accepted;
}

void Lexer::AcceptRun(std::string_view set) {
  while (Accept(set)) {
  }
}

Token Lexer::Emit(TokenType type) {
  const Token token{type, static_cast<int32_t>(start_), text_.substr(start_, pos_ - start_)};
  start_ = pos_;
  return token;
}

Token Lexer::Fail(std::string message) {
  error_ = std::move(message);
  return {TokenType::kError, static_cast<int32_t>(start_), error_};
}

Token Lexer::FailHere(std::string message) {
  start_ = pos_;
  return Fail(std::move(message));
}

void Lexer::SkipSpaces() {
  while (IsSpace(PeekRune())) Read();
  start_ = pos_;
}

Token Lexer::Next() {
  while (true) {
    SkipSpaces();
    Token token;
    switch (mode_) {
      case Mode::kStatement:
        token = LexStatement();
        break;
      case Mode::kBracket:
        token = LexBracket();
        break;
      case Mode::kBraces:
        token = LexBraces();
        break;
    }
    if (token.type != TokenType::kComment) return token;
  }
}

Token Lexer::LexStatement() {
  const Rune rune = Read();
  if (rune == kEnd) return LexEnd();
  if (rune == '#') return LexComment();
  if (IsDigit(rune) || (rune == '.' && IsDigit(PeekRune()))) {
    Unread();
    return LexNumberOrDuration();
  }
  if (IsLetter(rune) || rune == ':') {
    if (bracket_open_) return LexBracketWord(rune);
    Unread();
    return LexWord();
  }
  return LexStatementRune(rune);
}

Token Lexer::LexEnd() {
  if (paren_depth_ != 0) return Fail("unclosed left parenthesis");
  if (bracket_open_) return Fail("unclosed left bracket");
  return Emit(TokenType::kEof);
}

Token Lexer::LexStatementRune(Rune rune) {
  switch (rune) {
    case ',':
      return Emit(TokenType::kComma);
    case '"':
    case '\'':
      return LexString(rune);
    case '`':
      return LexRawString();
    case '(':
      ++paren_depth_;
      return Emit(TokenType::kLeftParen);
    case ')':
      return LexRightParen();
    case '{':
      mode_ = Mode::kBraces;
      return Emit(TokenType::kLeftBrace);
    case '[':
      return LexLeftBracket();
    case ']':
      return LexRightBracket();
    case '@':
      return Emit(TokenType::kAt);
    default:
      return LexOperator(rune);
  }
}

Token Lexer::LexOperator(Rune rune) {
  switch (rune) {
    case '+':
      return Emit(TokenType::kAdd);
    case '-':
      return Emit(TokenType::kSub);
    case '*':
      return Emit(TokenType::kMul);
    case '/':
      return Emit(TokenType::kDiv);
    case '%':
      return Emit(TokenType::kMod);
    case '^':
      return Emit(TokenType::kPow);
    case '=':
      return LexEqual();
    case '!':
      return LexNotEqual();
    case '<':
      return LexAngle(TokenType::kLess, TokenType::kLessOrEqual, TokenType::kTrimUpper);
    case '>':
      return LexAngle(TokenType::kGreater, TokenType::kGreaterOrEqual, TokenType::kTrimLower);
    default:
      return Fail(fmt::format("unexpected character: {}", QuoteRune(rune)));
  }
}

Token Lexer::LexEqual() {
  if (Accept("=")) return Emit(TokenType::kEqualEqual);
  if (PeekIs("~")) return Fail("unexpected character after '=': '~'");
  return Emit(TokenType::kEqual);
}

Token Lexer::LexNotEqual() {
  const Rune rune = Read();
  if (rune == '=') return Emit(TokenType::kNotEqual);
  return Fail(fmt::format("unexpected character after '!': {}", QuoteRune(rune)));
}

Token Lexer::LexAngle(TokenType plain, TokenType with_equal, TokenType with_slash) {
  if (Accept("=")) return Emit(with_equal);
  if (Accept("/")) return Emit(with_slash);
  return Emit(plain);
}

Token Lexer::LexRightParen() {
  if (--paren_depth_ < 0) return FailHere("unexpected right parenthesis ')'");
  return Emit(TokenType::kRightParen);
}

Token Lexer::LexLeftBracket() {
  if (bracket_open_) return Fail("unexpected left bracket '['");
  bracket_open_ = true;
  got_colon_ = false;
  mode_ = Mode::kBracket;
  return Emit(TokenType::kLeftBracket);
}

Token Lexer::LexRightBracket() {
  if (!bracket_open_) return Fail("unexpected right bracket ']'");
  bracket_open_ = false;
  return Emit(TokenType::kRightBracket);
}

// In brackets, after the first number.
Token Lexer::LexBracketWord(Rune rune) {
  if (rune == ':') {
    if (got_colon_) return Fail("unexpected colon ':'");
    got_colon_ = true;
    return Emit(TokenType::kColon);
  }
  TokenType type;
  if (StartsDurationKeyword(rune) && TakeDurationKeyword(&type)) return Emit(type);
  return Fail(fmt::format("unexpected character: {}, expected ':'", QuoteRune(rune)));
}

Token Lexer::LexBracket() {
  const Rune rune = Read();
  switch (rune) {
    case kEnd:
      return Fail("unexpected end of input in duration expression");
    case ']':
      mode_ = Mode::kStatement;
      bracket_open_ = false;
      got_colon_ = false;
      return Emit(TokenType::kRightBracket);
    case ':':
      return LexBracketColon();
    case '(':
      ++paren_depth_;
      return Emit(TokenType::kLeftParen);
    case ')':
      return LexRightParen();
    case ',':
      return Emit(TokenType::kComma);
    default:
      break;
  }
  if (IsOneOf(rune, "+-*/%^")) return LexOperator(rune);
  if (IsDigit(rune) || (rune == '.' && IsDigit(PeekRune()))) {
    Unread();
    got_duration_ = true;
    mode_ = Mode::kStatement;
    return LexNumberOrDuration();
  }
  TokenType type;
  if (StartsDurationKeyword(rune) && TakeDurationKeyword(&type)) return Emit(type);
  return Fail(fmt::format("unexpected character in duration expression: {}", QuoteRune(rune)));
}

Token Lexer::LexBracketColon() {
  if (!got_duration_) return FailHere("unexpected colon before duration in duration expression");
  if (got_colon_) return FailHere("unexpected repeated colon in duration expression");
  got_colon_ = true;
  return Emit(TokenType::kColon);
}

// Takes the word whose first letter has been read.
bool Lexer::TakeDurationKeyword(TokenType* type) {
  while (IsLetter(Read())) {
  }
  Unread();
  const auto keyword = FindKeyword(text_.substr(start_, pos_ - start_));
  if (!keyword || !IsDurationCall(*keyword)) return false;
  *type = *keyword;
  return true;
}

Token Lexer::LexWord() {
  for (Rune r = Read(); IsLetterOrDigit(r) || r == ':';) r = Read();
  Unread();
  const std::string_view word = text_.substr(start_, pos_ - start_);
  if (const auto keyword = FindKeyword(word)) {
    const bool fill = IsBetween(*keyword, TokenType::kFill, TokenType::kFillRight);
    return Emit(fill && !IsFillCall() ? TokenType::kIdentifier : *keyword);
  }
  const bool colon = word.find(':') != std::string_view::npos;
  return Emit(colon ? TokenType::kMetricIdentifier : TokenType::kIdentifier);
}

// A metric may be called fill: it is a keyword before a parenthesis only.
bool Lexer::IsFillCall() const {
  const size_t next = text_.find_first_not_of(" \t\n\r", pos_);
  return next != std::string_view::npos && text_[next] == '(';
}

Token Lexer::LexBraces() {
  const Rune rune = Read();
  if (rune == kEnd) return Fail("unexpected end of input inside braces");
  if (IsLetter(rune)) return LexIdentifier();
  switch (rune) {
    case '#':
      return LexComment();
    case ',':
      return Emit(TokenType::kComma);
    case '"':
    case '\'':
      return LexString(rune);
    case '`':
      return LexRawString();
    case '=':
      return Emit(Accept("~") ? TokenType::kRegexMatch : TokenType::kEqual);
    case '!':
      break;
    case '{':
      return Fail("unexpected left brace '{'");
    case '}':
      mode_ = Mode::kStatement;
      return Emit(TokenType::kRightBrace);
    default:
      return Fail(fmt::format("unexpected character inside braces: {}", QuoteRune(rune)));
  }
  const Rune second = Read();
  if (second == '~') return Emit(TokenType::kRegexNotMatch);
  if (second == '=') return Emit(TokenType::kNotEqual);
  return Fail(fmt::format("unexpected character after '!' inside braces: {}", QuoteRune(second)));
}

Token Lexer::LexIdentifier() {
  while (IsLetterOrDigit(Read())) {
  }
  Unread();
  return Emit(TokenType::kIdentifier);
}

Token Lexer::LexComment() {
  pos_ = std::min(text_.find_first_of("\r\n", pos_), text_.size());
  return Emit(TokenType::kComment);
}

}  // namespace tidemark::promql
