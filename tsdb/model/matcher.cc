#include "tsdb/model/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "tsdb/base/quote.h"

namespace tidemark::tsdb {
namespace {

std::string_view OpText(Matcher::Op op) {
  switch (op) {
    case Matcher::Op::kEqual:
      return "=";
    case Matcher::Op::kNotEqual:
      return "!=";
    case Matcher::Op::kRegex:
      return "=~";
    case Matcher::Op::kNotRegex:
      return "!~";
  }
  return "=";
}

// What Go's regexp/syntax says where re2 has a code of its own: clients see it.
std::string_view ErrorText(RE2::ErrorCode code) {
  switch (code) {
    case RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case RE2::ErrorBadCharClass:
      return "invalid character class";
    case RE2::ErrorBadCharRange:
      return "invalid character class range";
    case RE2::ErrorMissingBracket:
      return "missing closing ]";
    case RE2::ErrorMissingParen:
      return "missing closing )";
    case RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case RE2::ErrorPatternTooLarge:
      return "expression too large";
    default:
      return "internal error";
  }
}

RE2::Options RegexOptions() {
  RE2::Options options;
  options.set_dot_nl(true);
  options.set_never_capture(true);
  options.set_log_errors(false);
  return options;
}

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

StatusOr<Matcher> Matcher::Make(Op op, std::string_view name, std::string_view value) {
  Matcher matcher(op, name, value);
  if (op == Op::kEqual || op == Op::kNotEqual) return matcher;
  auto regex = std::make_shared<const RE2>(Piece(value), RegexOptions());
  if (!regex->ok()) {
    return InvalidArgument(fmt::format("error parsing regexp: {}: `{}`",
                                       ErrorText(regex->error_code()), regex->error_arg()));
  }
  matcher.regex_ = std::move(regex);
  return matcher;
}

Matcher Matcher::Equal(std::string_view name, std::string_view value) {
  return Matcher(Op::kEqual, name, value);
}

bool Matcher::Matches(std::string_view value) const {
  switch (op_) {
    case Op::kEqual:
      return value == value_;
    case Op::kNotEqual:
      return value != value_;
    case Op::kRegex:
      return RE2::FullMatch(Piece(value), *regex_);
    case Op::kNotRegex:
      return !RE2::FullMatch(Piece(value), *regex_);
  }
  return false;
}

std::string Matcher::ToString() const {
  std::string out;
  AppendName(out, name_);
  out += OpText(op_);
  AppendQuoted(out, value_);
  return out;
}

}  // namespace tidemark::tsdb
