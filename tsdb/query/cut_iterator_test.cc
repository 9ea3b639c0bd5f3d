#include "tsdb/query/cut_iterator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "tsdb/query/points_iterator_for_test.h"

namespace tidemark::tsdb {
namespace {

// Every point's value is its time.
std::unique_ptr<PointsIterator> Make(const std::vector<int64_t>& times, size_t per_run,
                                     size_t runs_left = SIZE_MAX) {
  std::map<int64_t, double> points;
  for (const int64_t t : times) points.emplace(t, static_cast<double>(t));
  return std::make_unique<PointsIterator>(points, per_run, runs_left);
}

std::vector<int64_t> Drain(SampleIterator& it) {
  std::vector<int64_t> out;
  while (it.Next()) {
    for (size_t i = 0; i < it.run().size(); ++i) {
      EXPECT_EQ(it.run().v[i], static_cast<double>(it.run().t[i]));
      out.push_back(it.run().t[i]);
    }
  }
  return out;
}

TEST(CutIterator, RandomCutsLeaveWhatAScanLeaves) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    TimeIntervals cuts;
    for (uint64_t n = random() % 5; n > 0; --n) {
      const auto mint = static_cast<int64_t>(random() % 200);
      cuts.Add({mint, random() % 8 == 0 ? std::numeric_limits<int64_t>::max()
                                        : mint + static_cast<int64_t>(random() % 30)});
    }
    std::vector<int64_t> times;
    std::set<int64_t> left;
    for (int64_t t = 0; t < 200; t += 1 + static_cast<int64_t>(random() % 4)) {
      times.push_back(t);
      if (!cuts.Contains(t)) left.insert(t);
    }
    const size_t per_run = 1 + random() % 20;
    CutIterator whole(Make(times, per_run), cuts);
    EXPECT_EQ(Drain(whole), std::vector<int64_t>(left.begin(), left.end()));

    CutIterator seeks(Make(times, per_run), cuts);
    for (int64_t t = 0; t < 220; t += static_cast<int64_t>(random() % 40)) {
      const auto want = left.lower_bound(t);
      ASSERT_EQ(seeks.Seek(t), want != left.end()) << t;
      if (want == left.end()) break;
      ASSERT_EQ(seeks.run().t.front(), *want);
      if (random() % 3 != 0) continue;
      const int64_t last = seeks.run().t.back();
      const auto next = left.upper_bound(last);
      ASSERT_EQ(seeks.Next(), next != left.end());
      if (next == left.end()) break;
      ASSERT_EQ(seeks.run().t.front(), *next);
      t = std::max(t, seeks.run().t.front());
    }
  }
}

TEST(CutIterator, ErrorsAreTheSources) {
  TimeIntervals cuts;
  cuts.Add({2, 3});
  CutIterator it(Make({1, 2, 3, 4, 5, 6}, 2, 2), cuts);
  EXPECT_EQ(Drain(it), (std::vector<int64_t>{1, 4, 5}));
  EXPECT_EQ(it.status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tidemark::tsdb
