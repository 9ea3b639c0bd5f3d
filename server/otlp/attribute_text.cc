#include "server/otlp/attribute_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

#include "absl/strings/escaping.h"

namespace tidemark::server {
namespace {

using proto::otlp::AnyValue;

std::string Digits(double v, std::chars_format format) {
  char buffer[400];  // 1e308 has 309 digits, 5e-324 has 326
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), v, format).ptr;
  return {buffer, end};
}

// As JavaScript does it: an exponent below 1e-6 and from 1e21 on, without zeros.
std::string JsonNumber(double v) {
  const double size = std::fabs(v);
  if (size == 0 || (size >= 1e-6 && size < 1e21)) return Digits(v, std::chars_format::fixed);
  std::string out = Digits(v, std::chars_format::scientific);
  const size_t n = out.size();
  if (n >= 4 && out[n - 4] == 'e' && out[n - 3] == '-' && out[n - 2] == '0') out.erase(n - 2, 1);
  return out;
}

std::string Base64(const std::string& bytes) { return absl::Base64Escape(bytes); }

// As Go's encoding/json quotes: HTML's special characters, too.
std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string Json(const AnyValue& value);

std::string JsonList(const proto::otlp::ArrayValue& list) {
  std::string out = "[";
  for (const AnyValue& value : list.values()) {
    if (out.size() > 1) out += ',';
    out += Json(value);
  }
  return out + "]";
}

std::string JsonMap(const proto::otlp::KeyValueList& list) {
  std::map<std::string_view, const AnyValue*> sorted;
  for (const auto& pair : list.values()) sorted[pair.key()] = &pair.value();
  std::string out = "{";
  for (const auto& [key, value] : sorted) {
    if (out.size() > 1) out += ',';
    out += JsonText(key) + ":" + Json(*value);
  }
  return out + "}";
}

std::string Json(const AnyValue& value) {
  switch (value.value_case()) {
    case AnyValue::kStringValue:
      return JsonText(value.string_value());
    case AnyValue::kBytesValue:
      return JsonText(Base64(value.bytes_value()));
    case AnyValue::VALUE_NOT_SET:
      return "null";
    default:
      return AttributeText(value);
  }
}

}  // namespace

std::string AttributeText(const AnyValue& value) {
  switch (value.value_case()) {
    case AnyValue::kStringValue:
      return value.string_value();
    case AnyValue::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case AnyValue::kIntValue:
      return std::to_string(value.int_value());
    case AnyValue::kDoubleValue:
      return std::isfinite(value.double_value())
                 ? JsonNumber(value.double_value())
                 : "json: unsupported value: " + DecimalText(value.double_value());
    case AnyValue::kArrayValue:
      return JsonList(value.array_value());
    case AnyValue::kKvlistValue:
      return JsonMap(value.kvlist_value());
    case AnyValue::kBytesValue:
      return Base64(value.bytes_value());
    default:
      return {};
  }
}

std::string DecimalText(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "+Inf" : "-Inf";
  return Digits(v, std::chars_format::fixed);
}

}  // namespace tidemark::server
