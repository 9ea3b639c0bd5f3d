#include "tsdb/base/go_float.h"

#include <gtest/gtest.h>

#include <limits>

namespace tidemark {
namespace {

TEST(GoFloatTest, ShortestAndRounded) {
  const double inf = std::numeric_limits<double>::infinity();
  const struct {
    double v;
    const char* shortest;
    const char* two_digits;
  } cases[] = {
      {0, "0", "0"},
      {-1.5, "-1.5", "-1.5"},
      {0.1, "0.1", "0.1"},
      {123456, "123456", "1.2e+05"},
      {999999, "999999", "1e+06"},
      {1e6, "1e+06", "1e+06"},
      {1234567, "1.234567e+06", "1.2e+06"},
      {0.0001, "0.0001", "0.0001"},
      {0.00001234, "1.234e-05", "1.2e-05"},
      {1e300, "1e+300", "1e+300"},
      {inf, "+Inf", "+Inf"},
      {-inf, "-Inf", "-Inf"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN", "NaN"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.shortest);
    EXPECT_EQ(GoFloat(c.v), c.shortest);
    EXPECT_EQ(GoFloat(c.v, 2), c.two_digits);
  }
}

}  // namespace
}  // namespace tidemark
