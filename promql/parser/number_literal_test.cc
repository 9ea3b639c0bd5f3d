#include "promql/parser/number_literal.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace tidemark::promql {
namespace {

TEST(NumberLiteralTest, ParsesFloats) {
  const struct {
    const char* text;
    double value;
  } cases[] = {{"1", 1},
               {"-1.5", -1.5},
               {"+.5", 0.5},
               {"5.", 5},
               {"1e5_0", 1e50},
               {"1_0.5", 10.5},
               {"0x1p-2", 0.25},
               {"0X_1.8P+1", 3},
               {"0x.8p1", 1},
               {"inf", INFINITY},
               {"-Infinity", -INFINITY},
               {"1e-400", 0},
               {"0.1", 0.1},
               {"08", 8}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto value = ParseFloat(c.text);
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(*value, c.value);
  }
  EXPECT_TRUE(std::isnan(*ParseFloat("NaN")));
}

TEST(NumberLiteralTest, RefusesWhatIsNoFloat) {
  for (const char* text : {"", ".", "1e", "1_", "_1", "1__0", "1_e5", "0x1", "0x1p", "0b1", "+nan",
                           "1 ", "1,5", "0x", "e5", "--1", "1._5"}) {
    SCOPED_TRACE(text);
    const Status status = ParseFloat(text).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(MessageOf(status),
              "strconv.ParseFloat: parsing \"" + std::string(text) + "\": invalid syntax");
  }
  EXPECT_EQ(ParseFloat("-1e309").status().code(), StatusCode::kOutOfRange);
  EXPECT_EQ(ParseFloat("0x1p1024").status().code(), StatusCode::kOutOfRange);
}

TEST(NumberLiteralTest, ParsesIntegersInOtherBases) {
  const struct {
    const char* text;
    double value;
  } cases[] = {{"0755", 493},   {"0_7", 7},   {"0x_1F", 31},
               {"0x1e5", 485},  {"00", 0},    {"9223372036854775808", 9223372036854775808.0},
               {"1_000", 1000}, {"1e3", 1000}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto value = ParseNumber(c.text);
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(*value, c.value);
  }
  EXPECT_FALSE(ParseNumber("0xFFFFFFFFFFFFFFFF").ok()) << "more than an int64, and no float";
  EXPECT_FALSE(ParseNumber("0x").ok());
}

TEST(NumberLiteralTest, FormatsWithoutExponent) {
  const struct {
    double value;
    const char* text;
  } cases[] = {{0, "0"},
               {-0.0, "-0"},
               {1, "1"},
               {-1.5, "-1.5"},
               {0.001, "0.001"},
               {1e-7, "0.0000001"},
               {1e21, "1000000000000000000000"},
               {1.25e3, "1250"},
               {123.456, "123.456"},
               {INFINITY, "+Inf"},
               {-INFINITY, "-Inf"},
               {NAN, "NaN"}};
  for (const auto& c : cases) EXPECT_EQ(FormatFixed(c.value), c.text);
}

TEST(NumberLiteralTest, WhatIsFormattedReadsBack) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    SCOPED_TRACE(FormatFixed(value));
    EXPECT_EQ(*ParseFloat(FormatFixed(value)), value);
  }
}

}  // namespace
}  // namespace tidemark::promql
