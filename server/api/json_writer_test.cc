#include "server/api/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace tidemark::server {
namespace {

using namespace std::string_view_literals;

TEST(JsonWriterTest, CommasComeByThemselves) {
  JsonWriter json;
  json.BeginObject();
  json.Key("a");
  json.BeginArray();
  json.EndArray();
  json.Key("b");
  json.BeginArray();
  json.Integer(-1);
  json.Number(0.5);
  json.BeginObject();
  json.EndObject();
  json.Text("x");
  json.EndArray();
  json.Key("c");
  json.BeginObject();
  json.LabelKey("l");
  json.Label("v");
  json.LabelKey("m");
  json.Label("w");
  json.EndObject();
  json.Key("d");
  json.Timestamp(1500);
  json.Key("e");
  json.QuotedFloat(1e21);
  json.Key("f");
  json.QuotedPlainFloat(1e21);
  json.EndObject();
  EXPECT_EQ(std::move(json).Take(),
            R"({"a":[],"b":[-1,0.5,{},"x"],"c":{"l":"v","m":"w"},"d":1.500,"e":"1e+21",)"
            R"("f":"1000000000000000000000"})");
}

TEST(JsonWriterTest, LabelsAndTextsAreEscapedAsPrometheusDoes) {
  const struct {
    const char* name;
    std::string_view text;
    std::string_view label;  // between quotes
    std::string_view other;
  } kCases[] = {
      {"plain", "up"sv, "up"sv, "up"sv},
      {"quotes", R"(a"b\c)"sv, R"(a\"b\\c)"sv, R"(a\"b\\c)"sv},
      {"named controls", "\n\r\t"sv, R"(\n\r\t)"sv, R"(\n\r\t)"sv},
      {"other controls", "\0\x01\x1f\x7f"sv, "\\u0000\\u0001\\u001f\x7f"sv,
       "\\u0000\\u0001\\u001f\x7f"sv},
      {"html", "<a>&"sv, "<a>&"sv, R"(\u003ca\u003e\u0026)"sv},
      {"letters", "é€😀"sv, "é€😀"sv, "é€😀"sv},
      {"line separators", "\xe2\x80\xa8\xe2\x80\xa9"sv, "\xe2\x80\xa8\xe2\x80\xa9"sv,
       R"(\u2028\u2029)"sv},
      {"not UTF-8", "a\xff\xe2\x82z"sv, "a\xff\xe2\x82z"sv, R"(a\ufffd\ufffd\ufffdz)"sv},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    JsonWriter label;
    label.Label(c.text);
    EXPECT_EQ(std::move(label).Take(), '"' + std::string(c.label) + '"');
    JsonWriter text;
    text.Text(c.text);
    EXPECT_EQ(std::move(text).Take(), '"' + std::string(c.other) + '"');
  }
}

TEST(JsonWriterTest, AnyTextIsValidJson) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    JsonWriter json;
    json.Text(text);
    EXPECT_FALSE(nlohmann::json::parse(std::move(json).Take(), nullptr, false).is_discarded());
  }
}

}  // namespace
}  // namespace tidemark::server
