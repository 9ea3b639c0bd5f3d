#include "server/api/json_number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace tidemark::server {
namespace {

std::string Float(double v) {
  std::string out;
  AppendFloat(out, v);
  return out;
}

std::string PlainFloat(double v) {
  std::string out;
  AppendPlainFloat(out, v);
  return out;
}

std::string Timestamp(int64_t ms) {
  std::string out;
  AppendTimestamp(out, ms);
  return out;
}

TEST(JsonNumberTest, FloatsAsPrometheusPrintsThem) {
  const double inf = std::numeric_limits<double>::infinity();
  const struct {
    double v;
    const char* text;
    const char* plain;
  } kCases[] = {
      {0, "0", "0"},
      {-0.0, "-0", "-0"},
      {1, "1", "1"},
      {-17, "-17", "-17"},
      {0.1, "0.1", "0.1"},
      {1.0 / 3, "0.3333333333333333", "0.3333333333333333"},
      {-2.5, "-2.5", "-2.5"},
      {100, "100", "100"},
      {123456.789, "123456.789", "123456.789"},
      {1e-6, "0.000001", "0.000001"},
      {9.99e-7, "9.99e-07", "0.000000999"},
      {-1e-7, "-1e-07", "-0.0000001"},
      {1.5e-300, "1.5e-300", nullptr},
      {9007199254740991, "9007199254740991", "9007199254740991"},
      {9007199254740993.0, "9007199254740992", "9007199254740992"},
      {123456789012345678.0, "123456789012345680", "123456789012345680"},
      {1.2345678901234568e20, "123456789012345680000", "123456789012345680000"},
      {1e21, "1e+21", "1000000000000000000000"},
      {-1.5e300, "-1.5e+300", nullptr},
      {std::numeric_limits<double>::max(), "1.7976931348623157e+308", nullptr},
      {std::numeric_limits<double>::denorm_min(), "5e-324", nullptr},
      {std::nan(""), "NaN", "NaN"},
      {std::bit_cast<double>(uint64_t{0x7ff0000000000002}), "NaN", "NaN"},
      {inf, "+Inf", "+Inf"},
      {-inf, "-Inf", "-Inf"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Float(c.v), c.text);
    if (c.plain == nullptr) continue;
    EXPECT_EQ(PlainFloat(c.v), c.plain);
  }
}

TEST(JsonNumberTest, EveryFloatReadsBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    double v = std::bit_cast<double>(random());
    if (i % 2 == 0) v = static_cast<double>(random() % 1'000'000'000) / 1000;
    if (!std::isfinite(v)) continue;
    ASSERT_EQ(std::strtod(Float(v).c_str(), nullptr), v);
    ASSERT_EQ(std::strtod(PlainFloat(v).c_str(), nullptr), v);
    ASSERT_EQ(PlainFloat(v).find('e'), std::string::npos);
  }
}

TEST(JsonNumberTest, TimestampsAreSecondsWithUpToThreeDecimals) {
  const struct {
    int64_t ms;
    const char* text;
  } kCases[] = {
      {1435781451781, "1435781451.781"},
      {1435781430000, "1435781430"},
      {1435781430100, "1435781430.100"},
      {1435781430050, "1435781430.050"},
      {1, "0.001"},
      {0, "0"},
      {-5, "-0.005"},
      {-1500, "-1.500"},
      {std::numeric_limits<int64_t>::min(), "-9223372036854775.808"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Timestamp(c.ms), c.text);
}

}  // namespace
}  // namespace tidemark::server
