#include "promql/eval/top_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tidemark::promql {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<uint32_t> Top(size_t k, const std::vector<double>& values) {
  TopHeap heap;
  for (uint32_t i = 0; i < values.size(); ++i) heap.Offer(k, values[i], i);
  std::vector<uint32_t> series;
  for (const TopHeap::Entry& e : heap.Sorted()) series.push_back(e.series);
  return series;
}

TEST(TopHeap, LargestFirst) {
  using Series = std::vector<uint32_t>;
  EXPECT_EQ(Top(2, {5, 1, 9, 7}), (Series{2, 3}));
  EXPECT_EQ(Top(10, {5, 1, 9, 7}), (Series{2, 3, 0, 1}));
  EXPECT_EQ(Top(1, {3, 3, 3}), (Series{0})) << "the first of equals stays";
  EXPECT_EQ(Top(3, {}), Series{});
}

TEST(TopHeap, NaNIsSmallest) {
  using Series = std::vector<uint32_t>;
  EXPECT_EQ(Top(2, {kNaN, 1, -1}), (Series{1, 2}));
  EXPECT_EQ(Top(3, {kNaN, 1, -1}), (Series{1, 2, 0}));
  EXPECT_EQ(Top(1, {kNaN, kNaN}), (Series{0}));
}

TEST(TopHeap, AgreesWithSorting) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> values(random() % 50);
    for (double& v : values) v = static_cast<double>(random() % 1000);
    const size_t k = 1 + random() % 10;
    std::vector<double> want = values;
    std::sort(want.rbegin(), want.rend());
    want.resize(std::min(k, want.size()));
    std::vector<double> got;
    for (uint32_t i : Top(k, values)) got.push_back(values[i]);
    EXPECT_EQ(got, want);
  }
}

}  // namespace
}  // namespace tidemark::promql
