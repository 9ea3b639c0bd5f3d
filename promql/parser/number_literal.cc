#include "promql/parser/number_literal.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "promql/parser/rune.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

Status FloatError(StatusCode code, std::string_view text, std::string_view reason) {
  return MakeStatus(code, fmt::format("strconv.ParseFloat: parsing {}: {}", Quoted(text), reason));
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return absl::ascii_tolower(a) == b; });
}

bool HasHexPrefix(std::string_view text) {
  return text.size() > 2 && text[0] == '0' && absl::ascii_tolower(text[1]) == 'x';
}

bool IsDigitOf(char c, bool hex) { return DigitValue(c) < (hex ? 16 : 10); }

// Whether each underscore stands between digits, or a prefix and a digit.
bool UnderscoresSeparateDigits(std::string_view text) {
  const bool hex = HasHexPrefix(text);
  bool after_digit = hex;
  bool after_underscore = false;
  for (const char c : text.substr(hex ? 2 : 0)) {
    if (c == '_' && !after_digit) return false;
    if (after_underscore && !IsDigitOf(c, hex)) return false;
    after_underscore = c == '_';
    after_digit = IsDigitOf(c, hex);
  }
  return !after_underscore;
}

std::string WithoutUnderscores(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), '_'), out.end());
  return out;
}

bool IsFloatSyntax(std::string_view text) {
  static const auto& decimal =
      *new re2::RE2(R"(([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][+-]?[0-9][0-9_]*)?)");
  static const auto& hexadecimal = *new re2::RE2(
      R"(0[xX](_?[0-9a-fA-F][0-9a-fA-F_]*(\.[0-9a-fA-F_]*)?|\.[0-9a-fA-F][0-9a-fA-F_]*))"
      R"([pP][+-]?[0-9][0-9_]*)");
  const re2::RE2& syntax = HasHexPrefix(text) ? hexadecimal : decimal;
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), syntax) &&
         UnderscoresSeparateDigits(text);
}

// The value of valid syntax; nothing when it is too large.
std::optional<double> FloatValue(std::string_view text) {
  const bool hex = HasHexPrefix(text);
  const std::string plain = WithoutUnderscores(hex ? text.substr(2) : text);
  double value = 0;
  const absl::from_chars_result result =
      absl::from_chars(plain.data(), plain.data() + plain.size(), value,
                       hex ? absl::chars_format::hex : absl::chars_format::general);
  if (result.ec == std::errc::result_out_of_range && std::abs(value) > 1) return std::nullopt;
  return value;
}

// Nothing when `text` is no integer, or too large for one.
std::optional<int64_t> ParseInteger(std::string_view text) {
  if (!UnderscoresSeparateDigits(text)) return std::nullopt;
  const bool hex = HasHexPrefix(text);
  const int base = hex ? 16 : text.size() > 1 && text[0] == '0' ? 8 : 10;
  const std::string plain = WithoutUnderscores(hex ? text.substr(2) : text);
  const char* end = plain.data() + plain.size();
  int64_t value = 0;
  const auto [stop, error] = std::from_chars(plain.data(), end, value, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string FormatNonFinite(double value) {
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

// Puts the point into `digits`, which are those of 0.digits * 10^point.
std::string WithPoint(std::string digits, int point) {
  const int count = static_cast<int>(digits.size());
  if (point <= 0) return "0." + std::string(-point, '0') + digits;
  if (point >= count) return digits + std::string(point - count, '0');
  return digits.insert(point, ".");
}

}  // namespace

StatusOr<double> ParseFloat(std::string_view text) {
  std::string_view digits = text;
  const bool has_sign = !text.empty() && (text[0] == '+' || text[0] == '-');
  if (has_sign) digits.remove_prefix(1);
  const double sign = has_sign && text[0] == '-' ? -1 : 1;
  if (EqualsIgnoringCase(digits, "inf") || EqualsIgnoringCase(digits, "infinity")) {
    return sign * std::numeric_limits<double>::infinity();
  }
  if (EqualsIgnoringCase(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (!IsFloatSyntax(digits)) {
    return FloatError(StatusCode::kInvalidArgument, text, "invalid syntax");
  }
  const std::optional<double> value = FloatValue(digits);
  if (!value) return FloatError(StatusCode::kOutOfRange, text, "value out of range");
  return sign * *value;
}

StatusOr<double> ParseNumber(std::string_view text) {
  if (const auto integer = ParseInteger(text)) return static_cast<double>(*integer);
  return ParseFloat(text);
}

std::string FormatFixed(double value) {
  if (!std::isfinite(value)) return FormatNonFinite(value);
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  // Not chars_format::fixed: beyond 2^53 that gives all digits instead of zeros.
  char buffer[64];
  const auto result =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific);
  std::string digits(buffer, result.ptr);
  const size_t e = digits.find('e');
  int exponent = 0;
  const size_t exponent_start = e + (digits[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits.data() + exponent_start, digits.data() + digits.size(), exponent);
  digits.resize(e);
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
  return (negative ? "-" : "") + WithPoint(std::move(digits), exponent + 1);
}

}  // namespace tidemark::promql
