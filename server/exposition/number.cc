#include "server/exposition/number.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace tidemark::server {
namespace {

// Room for the longest finite double, -1.2345678901234567e-308.
constexpr size_t kMaxDigits = 32;

// Go's 'g' writes an exponent where it is below -4 or past the sixth digit.
bool WantsExponent(std::string_view scientific) {
  int exponent = 0;
  const size_t e = scientific.find('e');
  const bool negative = scientific[e + 1] == '-';
  std::from_chars(scientific.data() + e + 2, scientific.data() + scientific.size(), exponent);
  return negative ? exponent > 4 : exponent >= 6;
}

}  // namespace

void AppendFloat(double value, std::string* out) {
  if (std::isnan(value)) {
    out->append("NaN");
  } else if (std::isinf(value)) {
    out->append(value > 0 ? "+Inf" : "-Inf");
  } else if (value == 0) {
    out->push_back('0');
  } else {
    char digits[kMaxDigits];
    auto end = std::to_chars(digits, digits + kMaxDigits, value, std::chars_format::scientific).ptr;
    if (!WantsExponent({digits, static_cast<size_t>(end - digits)})) {
      end = std::to_chars(digits, digits + kMaxDigits, value, std::chars_format::fixed).ptr;
    }
    out->append(digits, static_cast<size_t>(end - digits));
  }
}

void AppendOpenMetricsFloat(double value, std::string* out) {
  const size_t start = out->size();
  AppendFloat(value, out);
  const std::string_view written = std::string_view(*out).substr(start);
  if (std::isfinite(value) && written.find_first_of(".e") == std::string_view::npos) {
    out->append(".0");
  }
}

}  // namespace tidemark::server
