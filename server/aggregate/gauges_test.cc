#include "server/aggregate/gauges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace tidemark::server {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Gauges, AreCombined) {
  const struct {
    FoldFunction function;
    std::vector<FoldGauge> values;
    double want;
  } cases[] = {
      {FoldFunction::kSum, {{1, 1e100}, {1, 1}, {1, -1e100}}, 1},
      {FoldFunction::kAvg, {{1, 1}, {1, 2}, {1, 6}}, 3},
      {FoldFunction::kMin, {{1, 4}, {1, -2}, {1, 3}}, -2},
      {FoldFunction::kMin, {{1, kNan}, {1, 3}}, 3},
      {FoldFunction::kMax, {{1, 4}, {1, -2}, {1, kNan}}, 4},
      {FoldFunction::kLast, {{5, 1}, {9, 2}, {7, 3}}, 2},
      {FoldFunction::kLast, {{9, 1}, {9, 2}}, 2},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(FoldFunctionName(c.function));
    EXPECT_EQ(CombineGauges(c.function, c.values), c.want);
  }
  EXPECT_TRUE(std::isnan(*CombineGauges(FoldFunction::kMax, std::vector<FoldGauge>{{1, kNan}})));
  EXPECT_EQ(CombineGauges(FoldFunction::kSum, {}), std::nullopt);
}

}  // namespace
}  // namespace tidemark::server
