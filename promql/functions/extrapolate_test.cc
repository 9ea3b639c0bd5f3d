#include "promql/functions/extrapolate.h"

#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

TEST(ExtrapolateTest, Factors) {
  const struct {
    const char* name;
    SampledSpan span;
    double expected;
  } cases[] = {
      {"samples up to both borders", {0, 60'000, 0, 60'000, 5, -1}, 1},
      {"within a gap of both borders", {0, 60'000, 10'000, 55'000, 4, -1}, 60.0 / 45},
      {"the series starts inside", {0, 100'000, 60'000, 100'000, 5, -1}, 45.0 / 40},
      {"the series ends inside", {0, 100'000, 0, 40'000, 5, -1}, 45.0 / 40},
      {"no further back than zero", {0, 60'000, 10'000, 60'000, 6, 0.1}, 55.0 / 50},
      {"zero is further back than the border", {0, 60'000, 10'000, 60'000, 6, 2}, 60.0 / 50},
      {"zero at the first sample", {0, 60'000, 10'000, 60'000, 6, 0}, 1},
      {"zero when it says", {0, 60'000, 20'000, 60'000, 5, -1, 15'000}, 1},
      {"zero when it says, and the end", {0, 70'000, 20'000, 60'000, 5, -1, 10'000}, 60.0 / 50},
      {"one sample and its zero", {0, 60'000, 20'000, 20'000, 1, -1, 10'000}, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_DOUBLE_EQ(ExtrapolationFactor(c.span), c.expected);
  }
}

TEST(ExtrapolateTest, DurationsInSeconds) {
  EXPECT_EQ(DurationSeconds(300'000), 300);
  EXPECT_EQ(DurationSeconds(1), 0.001);
  EXPECT_EQ(DurationSeconds(1'500), 1.5);
}

}  // namespace
}  // namespace tidemark::promql
