// JsonWriter: JSON into one string, as it is said, nothing checked or kept.
//
//   JsonWriter json;
//   json.BeginObject();
//   json.Key("status");
//   json.Text("success");
//   json.EndObject();
//   response.body = std::move(json).Take();
//
// Commas come by themselves; that keys have values is for the caller to see to.
// Strings are written byte for byte as Prometheus' encoder does.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tidemark::server {

class JsonWriter {
 public:
  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }

  // `name` must need no escapes.
  void Key(std::string_view name);
  // A label name that is a key.
  void LabelKey(std::string_view name);
  // Any other key that may need escapes.
  void TextKey(std::string_view name);

  // Label names and values: quotes, backslashes and controls escaped.
  void Label(std::string_view text);
  // Everything else: <, > and & too, and what is not UTF-8 becomes U+FFFD.
  void Text(std::string_view text);

  void Null();
  void Boolean(bool v);
  void Integer(int64_t v);
  void Number(double v);            // NaN and Inf are not for this
  void QuotedFloat(double v);       // "0.1", "NaN" (json_number.h)
  void QuotedPlainFloat(double v);  // the same without exponents
  void Timestamp(int64_t ms);       // in seconds

  size_t size() const { return out_.size(); }
  std::string Take() && { return std::move(out_); }

 private:
  void Open(char bracket);
  void Close(char bracket);
  void Comma();

  std::string out_;
  bool first_ = true;  // nothing before in the current object or array
};

}  // namespace tidemark::server
