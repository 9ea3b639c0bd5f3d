#include "promql/script/take_number.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "promql/parser/number_literal.h"
#include "promql/parser/rune.h"
#include "promql/parser/token.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

constexpr size_t kMaxShownText = 20;

Status Expected(std::string_view what, std::string_view text) {
  return InvalidArgument(
      fmt::format("expected {}, got {}", what, Quoted(text.substr(0, kMaxShownText))));
}

// How many bytes of `text` look like a decimal number without sign.
size_t NumberLength(std::string_view text) {
  static const auto& number =
      *new re2::RE2(R"(((?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?))");
  re2::StringPiece rest(text.data(), text.size());
  return re2::RE2::Consume(&rest, number) ? text.size() - rest.size() : 0;
}

template <typename Integer>
StatusOr<Integer> TakeIntegerAs(std::string_view& text, std::string_view what) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return Expected(what, text);
  text.remove_prefix(end - text.data());
  return value;
}

}  // namespace

size_t TakeSpaces(std::string_view& text) {
  const size_t n = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  text.remove_prefix(n);
  return n;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view TakeWord(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && IsLetterOrDigit(text[n])) ++n;
  const std::string_view word = text.substr(0, n);
  text.remove_prefix(n);
  return word;
}

StatusOr<double> TakeNumber(std::string_view& text) {
  std::string_view rest = text;
  const bool minus = TakePrefix(rest, "-");
  if (!minus) TakePrefix(rest, "+");
  std::string_view digits = rest.substr(0, NumberLength(rest));
  rest.remove_prefix(digits.size());
  if (digits.empty()) digits = TakeWord(rest);  // Inf or NaN
  const bool is_word = NumberLength(digits) == 0;
  if (is_word && FindKeyword(digits) != TokenType::kNumber) return Expected("a number", text);
  ASSIGN_OR_RETURN(const double value, ParseNumber(digits));
  text = rest;
  return minus ? -value : value;
}

StatusOr<int32_t> TakeInteger(std::string_view& text) {
  return TakeIntegerAs<int32_t>(text, "an integer");
}

StatusOr<uint64_t> TakeCount(std::string_view& text) {
  return TakeIntegerAs<uint64_t>(text, "a number of repetitions");
}

}  // namespace tidemark::promql
