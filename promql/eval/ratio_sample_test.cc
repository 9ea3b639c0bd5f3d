#include "promql/eval/ratio_sample.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace tidemark::promql {
namespace {

using tsdb::Labels;

TEST(InRatio, ANegativeRatioTakesTheRest) {
  for (double offset : {0.0, 0.25, 0.3, 0.5, 0.999, 1.0}) {
    SCOPED_TRACE(offset);
    EXPECT_FALSE(InRatio(0, offset));
    for (double ratio : {0.25, 0.5, 0.75}) {
      EXPECT_NE(InRatio(ratio, offset), InRatio(ratio - 1, offset)) << ratio;
    }
    EXPECT_TRUE(InRatio(-1, offset));
  }
}

TEST(RatioOffset, SpreadsEvenly) {
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string instance = fmt::format("host-{}", i);
    const double offset = RatioOffset(Labels::Must({{"__name__", "up"}, {"instance", instance}}));
    ASSERT_GE(offset, 0);
    ASSERT_LE(offset, 1);
    taken += InRatio(0.3, offset);
  }
  EXPECT_NEAR(taken, 3000, 150);
}

// The numbers must never change: the same series are taken by every version.
TEST(RatioOffset, IsFrozen) {
  EXPECT_DOUBLE_EQ(RatioOffset(Labels()),
                   static_cast<double>(0xef46db3751d8e999) / 18446744073709551615.0);
  const std::string with_long_value(300, 'x');
  EXPECT_NE(RatioOffset(Labels::Must({{"a", with_long_value}})),
            RatioOffset(Labels::Must({{"a", with_long_value + "x"}})));
}

}  // namespace
}  // namespace tidemark::promql
