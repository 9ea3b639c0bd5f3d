#include "promql/functions/start_time.h"

#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

TEST(StartTime, OfTwoSamples) {
  const struct {
    const char* name;
    int64_t start_before, start;  // samples at 100 and 200
    bool anew, overlap;
  } kCases[] = {
      {"none", 0, 0, false, false},
      {"one life", 50, 50, false, false},
      {"between the two", 50, 150, true, false},
      {"between the two, after one that does not say", 0, 150, true, false},
      {"deltas", 50, 100, true, false},
      {"with the one before, which does not say", 0, 100, false, false},
      {"with the one before, which starts with itself", 100, 100, false, false},
      {"with the one before, which starts after itself", 130, 100, false, false},
      {"with itself", 50, 200, false, false},
      {"after itself", 50, 300, false, false},
      {"in the life of the one before", 50, 70, false, true},
      {"in the life of one that does not say", 0, 70, false, true},
  };
  const int64_t t[] = {100, 200};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const int64_t starts[] = {c.start_before, c.start};
    EXPECT_EQ(StartedAnew(starts, t, 1), c.anew);
    EXPECT_EQ(StartsOverlap(starts, t, 1), c.overlap);
    EXPECT_EQ(AnyStartsOverlap(starts, t), c.overlap);
  }
}

TEST(StartTime, WithoutAny) {
  const int64_t t[] = {100, 200};
  EXPECT_FALSE(StartedAnew({}, t, 1));
  EXPECT_FALSE(StartsOverlap({}, t, 1));
  EXPECT_FALSE(AnyStartsOverlap({}, t));
  EXPECT_FALSE(BeginsInside({}, t, 50));
}

TEST(StartTime, BeginsInsideTheOpenWindow) {
  const int64_t t[] = {100, 200};
  const struct {
    int64_t start;
    bool inside;
  } kCases[] = {{0, false}, {50, false}, {51, true}, {99, true}, {100, false}, {150, false}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.start);
    const int64_t starts[] = {c.start, c.start};
    EXPECT_EQ(BeginsInside(starts, t, 50), c.inside);
  }
}

}  // namespace
}  // namespace tidemark::promql
