#include "server/api/json_number.h"

#include <charconv>
#include <cmath>

#include "promql/parser/number_literal.h"

namespace tidemark::server {
namespace {

// From here on a double holds no fractions, and std::to_chars prints more digits
// than are needed to read it back.
constexpr double kWhole = 9007199254740992;  // 2^53
constexpr double kSmallest = 1e-6;           // without an exponent
constexpr double kLargest = 1e21;

// `v` in as few digits as read back, in one of std::to_chars' forms.
void AppendChars(std::string& out, double v, std::chars_format format) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, v, format);
  out.append(buffer, end.ptr);
}

void AppendInteger(std::string& out, int64_t v) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, v);
  out.append(buffer, end.ptr);
}

}  // namespace

void AppendPlainFloat(std::string& out, double v) {
  const double size = std::fabs(v);
  if (v != 0 && size < kWhole && v == std::trunc(v)) {  // counts: most of all values
    AppendInteger(out, static_cast<int64_t>(v));
  } else if (size >= kSmallest && size < kWhole) {
    AppendChars(out, v, std::chars_format::fixed);
  } else if (v == 0) {
    out += std::signbit(v) ? "-0" : "0";
  } else {
    out += promql::FormatFixed(v);
  }
}

void AppendFloat(std::string& out, double v) {
  const double size = std::fabs(v);
  const bool tiny_or_huge =
      (size > 0 && size < kSmallest) || (size >= kLargest && std::isfinite(v));
  if (tiny_or_huge) {
    AppendChars(out, v, std::chars_format::scientific);
  } else {
    AppendPlainFloat(out, v);
  }
}

void AppendTimestamp(std::string& out, int64_t ms) {
  auto magnitude = static_cast<uint64_t>(ms);
  if (ms < 0) {
    out += '-';
    magnitude = ~magnitude + 1;
  }
  AppendInteger(out, static_cast<int64_t>(magnitude / 1000));
  const uint64_t fraction = magnitude % 1000;
  if (fraction == 0) return;
  out += '.';
  out += static_cast<char>('0' + fraction / 100);
  out += static_cast<char>('0' + fraction / 10 % 10);
  out += static_cast<char>('0' + fraction % 10);
}

}  // namespace tidemark::server
