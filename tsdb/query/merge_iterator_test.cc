#include "tsdb/query/merge_iterator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "tsdb/query/points_iterator_for_test.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

using Points = std::map<int64_t, double>;

std::unique_ptr<PointsIterator> Make(const Points& points, size_t per_run) {
  return std::make_unique<PointsIterator>(points, per_run);
}

void Append(const SampleRun& run, Points& out) {
  ASSERT_FALSE(run.t.empty());
  for (size_t i = 0; i < run.size(); ++i) {
    ASSERT_TRUE(out.empty() || out.rbegin()->first < run.t[i]) << "out of order";
    out[run.t[i]] = run.v[i];
  }
}

Points RandomPoints(std::mt19937_64& random, double offset) {
  Points out;
  for (uint64_t n = random() % 30; n > 0; --n) {
    const auto t = static_cast<int64_t>(random() % 60);
    out[t] = static_cast<double>(t) + offset;
  }
  return out;
}

TEST(MergeIteratorTest, IsTheUnionInWhichTheFirstCounts) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2000; ++round) {
    SCOPED_TRACE(round);
    const Points first = RandomPoints(random, 0);
    const Points second = RandomPoints(random, 1000);
    const auto mint = static_cast<int64_t>(random() % 60);
    const auto maxt = static_cast<int64_t>(random() % 60);
    Points want;
    for (const Points* source : {&first, &second}) {
      for (const auto& [t, v] : *source) {
        if (t >= mint && t <= maxt) want.emplace(t, v);
      }
    }
    MergeIterator it(Make(first, 1 + random() % 9), Make(second, 1 + random() % 9), mint, maxt);
    Points got;
    while (it.Next()) Append(it.run(), got);
    EXPECT_TRUE(it.status().ok());
    EXPECT_EQ(got, want);
    EXPECT_FALSE(it.Next());
    EXPECT_FALSE(it.Seek(kMin));
  }
}

TEST(MergeIteratorTest, SeeksForwardAndGoesOnFromThere) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 2000; ++round) {
    SCOPED_TRACE(round);
    const Points first = RandomPoints(random, 0);
    const Points second = RandomPoints(random, 1000);
    Points all = first;
    all.insert(second.begin(), second.end());
    MergeIterator it(Make(first, 1 + random() % 9), Make(second, 1 + random() % 9), kMin, kMax);
    int64_t from = 0;
    for (int seek = 0; seek < 4; ++seek) {
      from += static_cast<int64_t>(random() % 20);
      const auto want = all.lower_bound(from);
      ASSERT_EQ(it.Seek(from), want != all.end());
      if (want == all.end()) break;
      ASSERT_EQ(it.run().t.front(), want->first);
      ASSERT_EQ(it.run().v.front(), want->second);
      if (random() % 2 == 0) continue;
      const auto next = all.upper_bound(it.run().t.back());
      ASSERT_EQ(it.Next(), next != all.end());
      if (next == all.end()) break;
      ASSERT_EQ(it.run().t.front(), next->first);
      from = next->first;
    }
  }
}

TEST(MergeIteratorTest, AFailureEndsItRatherThanLeavingAGap) {
  const Points even = {{0, 0}, {2, 2}, {4, 4}, {6, 6}};
  const Points odd = {{1, 1}, {3, 3}, {5, 5}};
  MergeIterator it(std::make_unique<PointsIterator>(even, 1, 2), Make(odd, 1), kMin, kMax);
  Points got;
  while (it.Next()) Append(it.run(), got);
  EXPECT_EQ(got, (Points{{0, 0}, {1, 1}, {2, 2}}));
  EXPECT_EQ(it.status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tidemark::tsdb
