#include "tsdb/tier/tier_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace tidemark::tsdb {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(TierWindowEnd, IsTheNextBorder) {
  const struct {
    int64_t t;
    int64_t end;
  } cases[] = {
      {0, 0},
      {1, kHour},
      {kHour, kHour},
      {kHour + 1, 2 * kHour},
      {-1, 0},
      {-kHour, -kHour},
      {-kHour - 1, -kHour},
      {kMax, kMax / kHour * kHour},
      {kMin, kMin / kHour * kHour},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.t);
    EXPECT_EQ(TierWindowEnd(Tier::kHour, c.t), c.end);
  }
  EXPECT_EQ(TierWindowEnd(Tier::kDay, 1), 24 * kHour);
}

TEST(WholeWindows, LieWithin) {
  const struct {
    int64_t from;
    int64_t to;
    TierSpan whole;
  } cases[] = {
      {0, kHour, {0, kHour}},
      {0, kHour - 1, {}},
      {1, kHour, {}},
      {1, 2 * kHour, {kHour, 2 * kHour}},
      {-kHour - 1, kHour + 1, {-kHour, kHour}},
      {5 * kHour, kHour, {}},
      {kMin, kMax, {kMin / kHour * kHour, kMax / kHour * kHour}},
      {kMax, kMax, {}},
      {kMin, kMin, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.from << " to " << c.to);
    EXPECT_EQ(WholeWindows(Tier::kHour, c.from, c.to), c.whole);
  }
}

// Against a look at each window.
TEST(WithoutWindows, LeavesWhatNothingTouches) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const TierSpan whole{0, static_cast<int64_t>(random() % 12) * kHour};
    std::vector<TierSpan> spans;
    int64_t from = -2 * kHour;
    while (spans.size() < random() % 5) {
      from += static_cast<int64_t>(random() % 4) * kHour / 2;
      spans.push_back({from, from + static_cast<int64_t>(random() % 5) * kHour / 2});
    }
    std::vector<TierSpan> want;
    for (int64_t end = kHour; end <= whole.to; end += kHour) {
      bool touched = false;
      for (const TierSpan& span : spans) {
        touched |= span.from < span.to && span.from < end && span.to > end - kHour;
      }
      if (touched) continue;
      if (!want.empty() && want.back().to == end - kHour) {
        want.back().to = end;
      } else {
        want.push_back({end - kHour, end});
      }
    }
    EXPECT_EQ(WithoutWindows(Tier::kHour, whole, spans), want);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
