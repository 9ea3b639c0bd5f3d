#include "server/exposition/number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace tidemark::server {
namespace {

std::string Text(double value) {
  std::string out;
  AppendFloat(value, &out);
  return out;
}

std::string OpenMetrics(double value) {
  std::string out;
  AppendOpenMetricsFloat(value, &out);
  return out;
}

TEST(NumberTest, LooksLikeGo) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const struct {
    double value;
    const char* text;
    const char* open_metrics;
  } kCases[] = {
      {0, "0", "0.0"},
      {-0.0, "0", "0.0"},
      {1, "1", "1.0"},
      {-1, "-1", "-1.0"},
      {17, "17", "17.0"},
      {0.005, "0.005", "0.005"},
      {0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"},
      {0.0001, "0.0001", "0.0001"},
      {0.00001234, "1.234e-05", "1.234e-05"},
      {100000, "100000", "100000.0"},
      {123456.75, "123456.75", "123456.75"},
      {999999, "999999", "999999.0"},
      {1000000, "1e+06", "1e+06"},
      {1234567, "1.234567e+06", "1.234567e+06"},
      {1.7e9 + 0.25, "1.70000000025e+09", "1.70000000025e+09"},
      {-2.5e100, "-2.5e+100", "-2.5e+100"},
      {0x1p-128, "2.938735877055719e-39", "2.938735877055719e-39"},
      {5e-324, "5e-324", "5e-324"},
      {-1.7976931348623157e308, "-1.7976931348623157e+308", "-1.7976931348623157e+308"},
      {kInf, "+Inf", "+Inf"},
      {-kInf, "-Inf", "-Inf"},
      {std::nan(""), "NaN", "NaN"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Text(c.value), c.text);
    EXPECT_EQ(OpenMetrics(c.value), c.open_metrics);
  }
}

TEST(NumberTest, ReadsBackAsTheSameDouble) {
  std::mt19937_64 random(20260131);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value) || value == 0) continue;
    const std::string text = Text(value);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    ASSERT_LE(text.size(), 24u) << text;
  }
}

}  // namespace
}  // namespace tidemark::server
