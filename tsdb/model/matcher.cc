#include "tsdb/model/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <functional>

#include "tsdb/base/quote.h"
#include "tsdb/model/glob.h"

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

// How much of the bounds re2 is asked for.
constexpr int kBoundBytes = 32;

}  // namespace

// The cheapest way to decide: a set of literals, a few globs, re2.
class ValuePattern {
 public:
  static std::shared_ptr<const ValuePattern> OfLiteral(std::string_view value) {
    auto out = std::make_shared<ValuePattern>();
    out->literals_.emplace_back(value);
    return out;
  }

  static StatusOr<std::shared_ptr<const ValuePattern>> OfRegex(std::string_view expression);

  bool Matches(std::string_view value) const {
    if (regex_ != nullptr) return RE2::FullMatch(Piece(value), *regex_);
    if (globs_.empty()) return MatchesLiteral(value);
    return std::any_of(globs_.begin(), globs_.end(),
                       [value](const Glob& glob) { return glob.Matches(value); });
  }

  const std::vector<std::string>* literals() const {
    return regex_ == nullptr && globs_.empty() ? &literals_ : nullptr;
  }
  Matcher::Bounds bounds() const { return {low_, high_.empty() ? nullptr : &high_}; }

 private:
  bool MatchesLiteral(std::string_view value) const {
    if (literals_.size() == 1) return literals_[0] == value;
    return std::binary_search(literals_.begin(), literals_.end(), value, std::less<>());
  }
  void TakeGlobs(std::vector<Glob> globs);
  void BoundGlobs();
  void BoundRegex(std::string_view expression);

  std::vector<std::string> literals_;  // sorted; when the other two are not there
  std::vector<Glob> globs_;
  std::unique_ptr<const RE2> regex_;
  std::string low_;
  std::string high_;  // empty: none
};

StatusOr<std::shared_ptr<const ValuePattern>> ValuePattern::OfRegex(std::string_view expression) {
  auto out = std::make_shared<ValuePattern>();
  auto globs = ParseGlobs(expression);
  const bool ascii = std::all_of(expression.begin(), expression.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  // re2 finds what is wrong with an expression, bytes that are no UTF-8 included.
  if (!globs || !ascii) {
    auto regex = std::make_unique<const RE2>(Piece(expression), RegexOptions());
    if (!regex->ok()) {
      return InvalidArgument(fmt::format("error parsing regexp: {}: `{}`",
                                         ErrorText(regex->error_code()), regex->error_arg()));
    }
    if (!globs) {
      out->regex_ = std::move(regex);
      out->BoundRegex(expression);
    }
  }
  if (globs) out->TakeGlobs(*std::move(globs));
  return std::shared_ptr<const ValuePattern>(std::move(out));
}

void ValuePattern::TakeGlobs(std::vector<Glob> globs) {
  if (std::any_of(globs.begin(), globs.end(), [](const Glob& g) { return !g.is_literal(); })) {
    globs_ = std::move(globs);
    BoundGlobs();
    return;
  }
  for (Glob& glob : globs) literals_.push_back(std::move(glob.literals[0]));
  std::sort(literals_.begin(), literals_.end());
  literals_.erase(std::unique(literals_.begin(), literals_.end()), literals_.end());
}

// What begins with a literal is not greater than it followed by a byte that
// UTF-8 does not have.
void ValuePattern::BoundGlobs() {
  low_ = globs_[0].literals[0];
  for (const Glob& glob : globs_) {
    low_ = std::min(low_, glob.literals[0]);
    high_ = std::max(high_, glob.literals[0] + "\xff");
  }
  const bool open = std::any_of(globs_.begin(), globs_.end(), [](const Glob& glob) {
    return !glob.is_literal() && glob.literals[0].empty();
  });
  if (open) high_.clear();
}

void ValuePattern::BoundRegex(std::string_view expression) {
  // re2 knows bounds only where it sees an anchor.
  const RE2 anchored(fmt::format("^(?:{})$", expression), RegexOptions());
  if (!anchored.ok() || !anchored.PossibleMatchRange(&low_, &high_, kBoundBytes)) {
    low_.clear();
    high_.clear();
  }
}

// ---------------------------------------------------------------- matchers

StatusOr<Matcher> Matcher::Make(Op op, std::string_view name, std::string_view value) {
  if (op == Op::kEqual || op == Op::kNotEqual) {
    return Matcher(op, name, value, ValuePattern::OfLiteral(value));
  }
  ASSIGN_OR_RETURN(auto pattern, ValuePattern::OfRegex(value));
  return Matcher(op, name, value, std::move(pattern));
}

Matcher Matcher::Equal(std::string_view name, std::string_view value) {
  return Matcher(Op::kEqual, name, value, ValuePattern::OfLiteral(value));
}

bool Matcher::Matches(std::string_view value) const {
  const bool negative = op_ == Op::kNotEqual || op_ == Op::kNotRegex;
  return pattern_->Matches(value) != negative;
}

const std::vector<std::string>* Matcher::literals() const { return pattern_->literals(); }
Matcher::Bounds Matcher::bounds() const { return pattern_->bounds(); }

std::string Matcher::ToString() const {
  std::string out;
  AppendName(out, name_);
  out += OpText(op_);
  AppendQuoted(out, value_);
  return out;
}

}  // namespace tidemark::tsdb
