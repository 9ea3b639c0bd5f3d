#include "server/admission/hour_growth.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kStart = 1'767'225'600'000;

TEST(HourGrowth, TellsTheLastHourOnly) {
  HourGrowth growth;
  EXPECT_EQ(growth.Growth(kStart, 7), 0);
  growth.NoteChange(kStart, 100);
  growth.NoteChange(kStart + 1, 101);  // of the same minute
  EXPECT_EQ(growth.Growth(kStart + 2, 102), 2);
  growth.NoteChange(kStart + 30 * kMinute, 102);
  EXPECT_EQ(growth.Growth(kStart + 59 * kMinute, 150), 50);
  EXPECT_EQ(growth.Growth(kStart + 60 * kMinute, 150), 48);
  EXPECT_EQ(growth.Growth(kStart + 60 * kMinute, 90), -12);
  EXPECT_EQ(growth.Growth(kStart + 200 * kMinute, 150), 0);
}

TEST(HourGrowth, MinutesAreUsedAgain) {
  HourGrowth growth;
  for (int minute = 0; minute < 500; ++minute) {
    growth.NoteChange(kStart + minute * kMinute, static_cast<uint64_t>(minute));
  }
  EXPECT_EQ(growth.Growth(kStart + 499 * kMinute, 500), 60);
}

}  // namespace
}  // namespace tidemark::server
