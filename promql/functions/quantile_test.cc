#include "promql/functions/quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tidemark::promql {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Quantile, Cases) {
  const struct {
    const char* name;
    double q;
    std::vector<double> values;
    double want;
  } kCases[] = {
      {"lowest", 0, {3, 1, 2}, 1},
      {"highest", 1, {3, 1, 2}, 3},
      {"in the middle", 0.5, {3, 1, 2}, 2},
      {"between two", 0.5, {4, 1, 2, 3}, 2.5},
      {"weighted", 0.3, {0, 10}, 3},
      {"of one", 0.3, {7}, 7},
      {"NaN is lowest", 0.5, {kNaN, 1, 2}, 1},
      {"negative q", -0.01, {1, 2}, -kInf},
      {"q above 1", 1.01, {1, 2}, kInf},
      {"NaN q", kNaN, {1, 2}, kNaN},
      {"nothing", 0.5, {}, kNaN},
      {"NaN reached", 0, {kNaN, 1, 2}, kNaN},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    std::vector<double> values = c.values;
    const double got = Quantile(c.q, values);
    if (std::isnan(c.want)) {
      EXPECT_TRUE(std::isnan(got)) << got;
    } else {
      EXPECT_DOUBLE_EQ(got, c.want);
    }
  }
}

// Against sorting everything.
TEST(Quantile, AgreesWithSorting) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int round = 0; round < 500; ++round) {
    std::vector<double> values(1 + random() % 40);
    for (double& v : values) v = std::floor(unit(random) * 20);
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const double q = unit(random);
    const double rank = q * static_cast<double>(sorted.size() - 1);
    const size_t low = static_cast<size_t>(rank);
    const size_t high = std::min(low + 1, sorted.size() - 1);
    const double weight = rank - static_cast<double>(low);
    EXPECT_DOUBLE_EQ(Quantile(q, values), sorted[low] * (1 - weight) + sorted[high] * weight);
  }
}

}  // namespace
}  // namespace tidemark::promql
