#include "tsdb/base/go_float.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace tidemark {
namespace {

constexpr int kMinFixedExponent = -4;
constexpr int kMaxFixedExponent = 5;

bool SpecialText(double v, std::string* out) {
  if (std::isnan(v)) {
    *out = "NaN";
  } else if (std::isinf(v)) {
    *out = v > 0 ? "+Inf" : "-Inf";
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string GoFloat(double v) {
  std::string text;
  if (SpecialText(v, &text)) return text;
  char buffer[64] = {};  // to_chars writes no end, which atoi wants
  auto result = std::to_chars(buffer, buffer + sizeof(buffer), v, std::chars_format::scientific);
  const std::string_view scientific(buffer, static_cast<size_t>(result.ptr - buffer));
  const int exponent = std::atoi(buffer + scientific.find('e') + 1);
  if (exponent < kMinFixedExponent || exponent > kMaxFixedExponent) return std::string(scientific);
  result = std::to_chars(buffer, buffer + sizeof(buffer), v, std::chars_format::fixed);
  return std::string(buffer, static_cast<size_t>(result.ptr - buffer));
}

std::string GoFloat(double v, int precision) {
  std::string text;
  return SpecialText(v, &text) ? text : fmt::format("{:.{}g}", v, precision);
}

}  // namespace tidemark
