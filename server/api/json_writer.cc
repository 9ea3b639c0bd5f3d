#include "server/api/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "proto/utf8.h"
#include "server/api/json_number.h"

namespace tidemark::server {
namespace {

bool IsPlain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

bool IsHtml(char c) { return c == '<' || c == '>' || c == '&'; }

void AppendEscape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
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
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

// Appends up to the first character that is not plain, and returns the rest.
template <typename Plain>
std::string_view AppendPlain(std::string& out, std::string_view text, Plain plain) {
  const auto stop = std::find_if_not(text.begin(), text.end(), plain);
  const auto length = static_cast<size_t>(stop - text.begin());
  out.append(text.substr(0, length));
  return text.substr(length);
}

// Bytes of the UTF-8 sequence at the front of `text`; 0 when there is none.
size_t SequenceAt(std::string_view text) {
  for (size_t length = 2; length <= 4 && length <= text.size(); ++length) {
    if (proto::IsValidUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

// One sequence past ASCII at the front of `text`, or what stands for it.
size_t AppendSequence(std::string& out, std::string_view text) {
  const size_t length = SequenceAt(text);
  const std::string_view sequence = text.substr(0, length);
  if (length == 0) {
    out += "\\ufffd";
    return 1;
  }
  if (sequence == "\xe2\x80\xa8") {
    out += "\\u2028";  // valid in JSON, line ends in JavaScript
  } else if (sequence == "\xe2\x80\xa9") {
    out += "\\u2029";
  } else {
    out += sequence;
  }
  return length;
}

}  // namespace

void JsonWriter::Comma() {
  if (!first_) out_ += ',';
  first_ = false;
}

void JsonWriter::Open(char bracket) {
  Comma();
  out_ += bracket;
  first_ = true;
}

void JsonWriter::Close(char bracket) {
  out_ += bracket;
  first_ = false;
}

void JsonWriter::Key(std::string_view name) {
  Comma();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  first_ = true;
}

void JsonWriter::LabelKey(std::string_view name) {
  Label(name);
  out_ += ':';
  first_ = true;
}

void JsonWriter::TextKey(std::string_view name) {
  Text(name);
  out_ += ':';
  first_ = true;
}

void JsonWriter::Label(std::string_view text) {
  Comma();
  out_ += '"';
  for (;;) {
    text = AppendPlain(out_, text, IsPlain);
    if (text.empty()) break;
    AppendEscape(out_, text.front());
    text.remove_prefix(1);
  }
  out_ += '"';
}

void JsonWriter::Text(std::string_view text) {
  const auto plain = [](char c) {
    return IsPlain(c) && !IsHtml(c) && static_cast<unsigned char>(c) < 0x80;
  };
  Comma();
  out_ += '"';
  for (;;) {
    text = AppendPlain(out_, text, plain);
    if (text.empty()) break;
    size_t taken = 1;
    if (static_cast<unsigned char>(text.front()) >= 0x80) {
      taken = AppendSequence(out_, text);
    } else {
      AppendEscape(out_, text.front());
    }
    text.remove_prefix(taken);
  }
  out_ += '"';
}

void JsonWriter::Null() {
  Comma();
  out_ += "null";
}

void JsonWriter::Boolean(bool v) {
  Comma();
  out_ += v ? "true" : "false";
}

void JsonWriter::Integer(int64_t v) {
  Comma();
  out_ += fmt::format_int(v).c_str();
}

void JsonWriter::Number(double v) {
  Comma();
  AppendFloat(out_, v);
}

void JsonWriter::QuotedFloat(double v) {
  Comma();
  out_ += '"';
  AppendFloat(out_, v);
  out_ += '"';
}

void JsonWriter::QuotedPlainFloat(double v) {
  Comma();
  out_ += '"';
  AppendPlainFloat(out_, v);
  out_ += '"';
}

void JsonWriter::Timestamp(int64_t ms) {
  Comma();
  AppendTimestamp(out_, ms);
}

}  // namespace tidemark::server
