#include "tsdb/model/histogram_bounds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tidemark::tsdb {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kMax = std::numeric_limits<double>::max();

TEST(HistogramBoundsTest, KnownBounds) {
  const struct {
    int64_t index;
    int32_t schema;
    double bound;
  } cases[] = {
      {0, 0, 1},
      {1, 0, 2},
      {-1, 0, 0.5},
      {1, -1, 4},
      {-2, -2, 1.0 / 256},
      {1, 1, 1.414213562373095},
      {1, 2, 1.189207115002721},
      {3, 2, 1.6817928305074288},
      {255, 8, 1.9945921121709396},
      {-1, 8, 0.9972960560854698},
      {53, 8, 2 * 0.5771552102951081},
      {256 * 10 + 128, 8, 1024 * 1.414213562373095},
      {-1074, 0, std::numeric_limits<double>::denorm_min()},
      // The last bucket of finite values, and the one of infinities.
      {1023, 0, std::ldexp(1, 1023)},
      {1024, 0, kMax},
      {1025, 0, kInf},
      {64, -4, kMax},
      {65, -4, kInf},
      {262144, 8, kMax},
      {262145, 8, kInf},
      {1 << 30, 8, kInf},
      {-(1 << 30), 8, 0},
      {1 << 30, -4, kInf},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ExponentialBound(c.index, c.schema), c.bound) << c.index << " at " << c.schema;
  }
}

TEST(HistogramBoundsTest, AscendAndNest) {
  for (int32_t schema = -4; schema <= 8; ++schema) {
    for (int64_t index = -3000; index < 3000; ++index) {
      const double bound = ExponentialBound(index, schema);
      const double next = ExponentialBound(index + 1, schema);
      // Where doubles get sparse, neighbours may be the same one.
      const bool normal = std::isnormal(bound) && bound < kMax;
      ASSERT_TRUE(normal ? bound < next : bound <= next) << index << " at " << schema;
      if (schema > -4 && normal && index % 2 == 0) {
        ASSERT_EQ(bound, ExponentialBound(index / 2, schema - 1)) << index << " at " << schema;
      }
    }
  }
}

TEST(HistogramBoundsTest, IndexAtALowerSchemaHoldsTheBucket) {
  for (int32_t target = -4; target <= 3; ++target) {
    for (int64_t index = -70; index <= 70; ++index) {
      const int64_t at = IndexAtSchema(index, 3, target);
      EXPECT_LE(ExponentialBound(at - 1, target), ExponentialBound(index - 1, 3));
      EXPECT_GE(ExponentialBound(at, target), ExponentialBound(index, 3));
    }
  }
}

TEST(HistogramBoundsTest, CustomBounds) {
  const double bounds[] = {-1, 0, 2.5};
  EXPECT_EQ(CustomBound(-1, bounds), -kInf);
  EXPECT_EQ(CustomBound(0, bounds), -1);
  EXPECT_EQ(CustomBound(2, bounds), 2.5);
  EXPECT_EQ(CustomBound(3, bounds), kInf);
  EXPECT_EQ(CustomBound(0, {}), kInf);
}

}  // namespace
}  // namespace tidemark::tsdb
