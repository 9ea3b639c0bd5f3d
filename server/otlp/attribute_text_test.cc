#include "server/otlp/attribute_text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tidemark::server {
namespace {

using proto::otlp::AnyValue;

AnyValue Double(double v) {
  AnyValue value;
  value.set_double_value(v);
  return value;
}

TEST(AttributeTextTest, Scalars) {
  AnyValue value;
  EXPECT_EQ(AttributeText(value), "");
  value.set_string_value("a\"b");
  EXPECT_EQ(AttributeText(value), "a\"b");
  value.set_bool_value(true);
  EXPECT_EQ(AttributeText(value), "true");
  value.set_int_value(-42);
  EXPECT_EQ(AttributeText(value), "-42");
  value.set_bytes_value("\xff\x00x");
  EXPECT_EQ(AttributeText(value), "/w==");  // the text ends at the 0
  value.set_bytes_value(std::string("\xff\x00x", 3));
  EXPECT_EQ(AttributeText(value), "/wB4");
}

TEST(AttributeTextTest, NumbersAreThoseOfJson) {
  const std::pair<double, const char*> kCases[] = {
      {0, "0"},
      {1, "1"},
      {1.5, "1.5"},
      {-0.1, "-0.1"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1e-6, "0.000001"},
      {1e-7, "1e-7"},
      {1.5e-10, "1.5e-10"},
      {1e-100, "1e-100"},
      {INFINITY, "json: unsupported value: +Inf"},
  };
  for (const auto& [v, want] : kCases) EXPECT_EQ(AttributeText(Double(v)), want);
}

TEST(AttributeTextTest, ListsAndMapsAreJson) {
  AnyValue value;
  auto* list = value.mutable_array_value();
  list->add_values()->set_string_value("<a>\n\"\x01");
  list->add_values()->set_int_value(1);
  list->add_values();
  auto* map = list->add_values()->mutable_kvlist_value();
  map->add_values()->set_key("b");
  map->mutable_values(0)->mutable_value()->set_double_value(0.5);
  map->add_values()->set_key("a");
  map->mutable_values(1)->mutable_value()->set_bytes_value("x");
  EXPECT_EQ(AttributeText(value), R"(["\u003ca\u003e\n\"\u0001",1,null,{"a":"eA==","b":0.5}])");
}

TEST(AttributeTextTest, BoundsHaveNoExponent) {
  const std::pair<double, const char*> kCases[] = {
      {0.005, "0.005"}, {1, "1"},           {1e6, "1000000"},    {1e22, "10000000000000000000000"},
      {NAN, "NaN"},     {INFINITY, "+Inf"}, {-INFINITY, "-Inf"},
  };
  for (const auto& [v, want] : kCases) EXPECT_EQ(DecimalText(v), want);
  EXPECT_GT(DecimalText(5e-324).size(), 300u);
}

}  // namespace
}  // namespace tidemark::server
