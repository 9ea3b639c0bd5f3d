#include "promql/parser/duration.h"

#include <gtest/gtest.h>

#include <random>

namespace tidemark::promql {
namespace {

TEST(DurationTest, Parses) {
  const struct {
    const char* text;
    int64_t ms;
  } cases[] = {{"0", 0},
               {"0s", 0},
               {"5ms", 5},
               {"1m30s", 90'000},
               {"1y", 31'536'000'000},
               {"1w2d", 777'600'000},
               {"1h1ms", 3'600'001},
               {"9223372036854ms", 9'223'372'036'854}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto ms = ParseDuration(c.text);
    ASSERT_TRUE(ms.ok()) << ms.status();
    EXPECT_EQ(*ms, c.ms);
  }
}

TEST(DurationTest, Refuses) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"", "empty duration string"},
      {"5", "not a valid duration string: \"5\""},
      {"m", "not a valid duration string: \"m\""},
      {"-5m", "not a valid duration string: \"-5m\""},
      {"1m1h", "not a valid duration string: \"1m1h\""},
      {"1m1m", "not a valid duration string: \"1m1m\""},
      {"99999999999999999999s", "not a valid duration string: \"99999999999999999999s\""},
      {"5q", "unknown unit \"q\" in duration \"5q\""},
      {"5M", "unknown unit \"M\" in duration \"5M\""},
      {"293y", "duration out of range"},
      {"292y52w", "duration out of range"},
      {"9223372036855ms", "duration out of range"},
      {"18446744073709551615y", "duration out of range"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const Status status = ParseDuration(c.text).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(MessageOf(status), c.error);
  }
}

TEST(DurationTest, Formats) {
  const struct {
    int64_t ms;
    const char* text;
  } cases[] = {{0, "0s"},
               {1, "1ms"},
               {90'000, "1m30s"},
               {-90'000, "-1m30s"},
               {7 * 86'400'000LL, "1w"},
               {8 * 86'400'000LL, "8d"},
               {365 * 86'400'000LL, "1y"},
               {366 * 86'400'000LL, "366d"},
               {3'661'001, "1h1m1s1ms"}};
  for (const auto& c : cases) EXPECT_EQ(FormatDuration(c.ms), c.text);
  EXPECT_EQ(FormatDuration(INT64_MIN).substr(0, 1), "-");
}

TEST(DurationTest, WhatIsFormattedReadsBack) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 10'000; ++i) {
    const int64_t ms = static_cast<int64_t>(random() % 9'000'000'000'000) >> random() % 40;
    EXPECT_EQ(*ParseDuration(FormatDuration(ms)), ms);
  }
}

TEST(DurationTest, OfSeconds) {
  EXPECT_EQ(DurationMsOf(1.5), 1500);
  EXPECT_EQ(DurationMsOf(-0.0015), -1);
  EXPECT_EQ(DurationMsOf(0.0009999999999), 1) << "rounded to nanoseconds first";
  EXPECT_EQ(DurationMsOf(864'000'000.001), 864'000'000'001) << "past a double's nanoseconds";
  EXPECT_EQ(DurationMsOf(-9223372036.854), -9'223'372'036'854);
  EXPECT_FALSE(IsDurationOutOfRange(9.2e9));
  EXPECT_TRUE(IsDurationOutOfRange(9.3e9));
  EXPECT_TRUE(IsDurationOutOfRange(-9.3e9));
}

}  // namespace
}  // namespace tidemark::promql
