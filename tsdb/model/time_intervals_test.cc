#include "tsdb/model/time_intervals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <vector>

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::vector<TimeInterval> Sum(const std::vector<TimeInterval>& added) {
  TimeIntervals set;
  for (const TimeInterval& interval : added) set.Add(interval);
  return {set.all().begin(), set.all().end()};
}

TEST(TimeIntervals, ThoseThatOverlapOrTouchBecomeOne) {
  const struct {
    const char* name;
    std::vector<TimeInterval> added;
    std::vector<TimeInterval> want;
  } cases[] = {
      {"apart", {{10, 20}, {0, 5}}, {{0, 5}, {10, 20}}},
      {"touching", {{10, 20}, {21, 30}, {5, 9}}, {{5, 30}}},
      {"overlapping", {{10, 20}, {15, 40}}, {{10, 40}}},
      {"bridging", {{0, 1}, {10, 11}, {20, 21}, {2, 19}}, {{0, 21}}},
      {"inside", {{0, 100}, {5, 6}}, {{0, 100}}},
      {"a single time", {{7, 7}}, {{7, 7}}},
      {"nothing", {{8, 7}}, {}},
      {"the ends", {{kMin, kMin}, {kMax, kMax}}, {{kMin, kMin}, {kMax, kMax}}},
      {"all of it", {{5, kMax}, {kMin, 4}}, {{kMin, kMax}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Sum(c.added), c.want);
  }
}

TEST(TimeIntervals, RandomOnesHoldWhatWasAdded) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE(round);
    TimeIntervals set;
    std::set<int64_t> model;
    for (int i = 0; i < 12; ++i) {
      const auto mint = static_cast<int64_t>(random() % 100);
      const int64_t maxt = mint + static_cast<int64_t>(random() % 10) - 1;
      set.Add({mint, maxt});
      for (int64_t t = mint; t <= maxt; ++t) model.insert(t);
    }
    for (int64_t t = -2; t < 115; ++t) {
      ASSERT_EQ(set.Contains(t), model.count(t) == 1) << t;
      const TimeInterval* from = set.FirstFrom(t);
      const auto want = model.lower_bound(t);
      ASSERT_EQ(from != nullptr, want != model.end()) << t;
      if (from != nullptr) {
        ASSERT_EQ(std::max(from->mint, t), *want);
      }
      ASSERT_EQ(set.Overlaps({t, t + 3}), want != model.end() && *want <= t + 3) << t;
    }
  }
}

}  // namespace
}  // namespace tidemark::tsdb
