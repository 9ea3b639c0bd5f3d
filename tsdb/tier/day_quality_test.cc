#include "tsdb/tier/day_quality.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 1'767'225'600'000;  // 2026-01-01

DayQuality Of(const std::vector<Sample>& samples) {
  DayQualityMaker maker;
  for (const Sample& sample : samples) {
    SampleRun run;
    run.t = {&sample.t, 1};
    run.v = {&sample.v, 1};
    maker.Add(run);
  }
  return maker.Finish();
}

std::vector<Sample> EveryMinute(int64_t from, int64_t to) {
  std::vector<Sample> out;
  for (int64_t t = from; t <= to; t += kMinute) out.push_back({t, 1});
  return out;
}

void Append(std::vector<Sample>& to, const std::vector<Sample>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

TEST(DayQuality, OfWholeHours) {
  const DayQuality day = Of(EveryMinute(kDay + kMinute, kDay + 2 * kHour));
  EXPECT_EQ(day.interval_ms, kMinute);
  ASSERT_EQ(day.hours.size(), 2u);
  for (const HourQuality& hour : day.hours) {
    EXPECT_EQ(hour.found, 60u);
    EXPECT_EQ(hour.missing, 0u);
    EXPECT_EQ(hour.gap_minutes, 0u);
  }
}

TEST(DayQuality, CountsWhatIsMissingByTheHour) {
  std::vector<Sample> samples = EveryMinute(kDay + kMinute, kDay + kHour - 10 * kMinute);
  Append(samples, EveryMinute(kDay + 3 * kHour + 5 * kMinute, kDay + 4 * kHour));
  const DayQuality day = Of(samples);
  ASSERT_EQ(day.hours.size(), 4u);
  const struct { uint64_t found, missing; } want[] = {{50, 10}, {0, 60}, {0, 60}, {56, 4}};
  for (size_t i = 0; i < 4; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(day.hours[i].end, kDay + static_cast<int64_t>(i + 1) * kHour);
    EXPECT_EQ(day.hours[i].found, want[i].found);
    EXPECT_EQ(day.hours[i].missing, want[i].missing);
    EXPECT_EQ(day.hours[i].gap_minutes, want[i].missing);
  }
}

TEST(DayQuality, NothingIsExpectedAfterAStaleMarker) {
  std::vector<Sample> samples = EveryMinute(kDay + kMinute, kDay + kHour);
  samples.push_back({kDay + kHour + kMinute, kStaleNaN});
  Append(samples, EveryMinute(kDay + 5 * kHour + kMinute, kDay + 6 * kHour));
  const DayQuality day = Of(samples);
  ASSERT_EQ(day.hours.size(), 2u);
  EXPECT_EQ(day.hours[0].missing + day.hours[1].missing, 0u);
  EXPECT_FALSE(day.ended);
  samples.push_back({kDay + 7 * kHour, kStaleNaN});
  EXPECT_TRUE(Of(samples).ended);
}

TEST(DayQuality, CountsWhatCannotBe) {
  std::vector<Sample> samples = EveryMinute(kDay + kMinute, kDay + kHour);
  samples[3].v = -1;
  samples[4].v = -5;
  samples[5].v = std::nan("");
  const DayQuality day = Of(samples);
  EXPECT_EQ(day.hours[0].negatives, 2u);
  EXPECT_EQ(day.hours[0].nans, 1u);
  EXPECT_EQ(day.hours[0].found, 60u);

  FloatHistogram good;
  good.positive_spans = {{0, 2}};
  good.positive_buckets = {1, 2};
  good.count = 3;
  FloatHistogram bad = good;
  bad.count = 4;
  const int64_t times[] = {kDay + 1, kDay + 2};
  const FloatHistogram histograms[] = {good, bad};
  SampleRun run;
  run.t = times;
  run.h = histograms;
  DayQualityMaker maker;
  maker.Add(run);
  EXPECT_EQ(maker.Finish().hours[0].bad_counts, 1u);
}

TEST(DayQuality, ComesBackFromBytes) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    std::vector<Sample> samples;
    const int64_t begin = random() % 4 == 0 ? -24 * kHour : kDay;
    int64_t t = begin + 1;
    while (t <= begin + 24 * kHour) {
      const uint64_t kind = random() % 20;
      samples.push_back({t, kind == 0 ? kStaleNaN : static_cast<double>(kind) - 3});
      t += kind == 1 ? static_cast<int64_t>(random() % (5 * kHour)) : 15'000 + kMinute;
    }
    const DayQuality day = Of(samples);
    const std::string bytes = EncodeDayQuality(day);
    const auto got = DecodeDayQuality(bytes);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, day);
    for (size_t i = 0; i < bytes.size(); ++i) {
      EXPECT_FALSE(DecodeDayQuality(bytes.substr(0, i)).ok());
    }
  }
}

TEST(DayQuality, ACleanDayIsSmall) {
  const DayQuality day = Of(EveryMinute(kDay + kMinute, kDay + 24 * kHour));
  EXPECT_LE(EncodeDayQuality(day).size(), 40u);
}

}  // namespace
}  // namespace tidemark::tsdb
