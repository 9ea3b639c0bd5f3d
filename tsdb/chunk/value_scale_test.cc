#include "tsdb/chunk/value_scale.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr uint32_t kPowerZero = 1084;  // the id of 2^0

TEST(ValueScaleTest, TheScaleOfValues) {
  const struct {
    std::vector<double> values;
    std::optional<uint32_t> id;
  } cases[] = {
      {{1, 2, 3}, 0},
      {{0.25, 17.5}, 2},
      {{kStaleNaN, 1.5}, 1},
      {{1.0 / 3, 0.1 + 0.2, 1.0 / 7, 2.0 / 7, 3.0 / 7, 1.0 / 9}, kPowerZero - 54},
      {{std::ldexp(1, -80), std::ldexp(3, -79), std::ldexp(5, -80), std::ldexp(1, -70),
        std::ldexp(1, -60)},
       kPowerZero - 80},
      {{kInf, kInf, kStaleNaN, kStaleNaN, kInf, -kInf}, std::nullopt},
      {{1e300, 1e-300, 1e299, 1e-299, 1e298, 1e280, 1e150, 1e140}, std::nullopt},
  };
  for (const auto& c : cases) {
    const auto scale = ValueScale::Find(c.values);
    const auto id = scale ? std::optional<uint32_t>(scale->id()) : std::nullopt;
    EXPECT_EQ(id, c.id) << c.values[0];
  }
}

TEST(ValueScaleTest, WhatIsTakenComesBack) {
  std::mt19937_64 random(3);
  for (uint32_t id = 0; id <= 2055; id += id < 12 ? 1 : 7) {
    const auto scale = ValueScale::FromId(id);
    ASSERT_TRUE(scale.has_value()) << id;
    for (int i = 0; i < 200; ++i) {
      const auto some = static_cast<int64_t>(random() >> (11 + random() % 53));
      const double v = i % 2 == 0 ? scale->FromWhole(some) : std::bit_cast<double>(random());
      int64_t n = 0;
      if (!scale->ToWhole(v, n)) continue;
      ASSERT_EQ(std::bit_cast<uint64_t>(scale->FromWhole(n)), std::bit_cast<uint64_t>(v)) << id;
    }
  }
  EXPECT_FALSE(ValueScale::FromId(2056).has_value());
}

TEST(ValueScaleTest, WhatIsNoNumberIsRefused) {
  const auto scale = ValueScale::FromId(0);
  int64_t n;
  for (const double v : {kStaleNaN, kInf, -kInf, -0.0, 0.5, 1e300}) {
    EXPECT_FALSE(scale->ToWhole(v, n)) << v;
  }
}

}  // namespace
}  // namespace tidemark::tsdb
