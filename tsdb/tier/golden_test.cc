// Bytes that released versions wrote, in tests/golden/tiers: every version reads all
// of them.  A version that writes other bytes adds files, and never changes one.
//
//   TIDEMARK_WRITE_GOLDEN=<folder> tsdb_test --gtest_filter='GoldenTierTest.*'
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/histogram_chunk.h"
#include "tsdb/model/sample.h"
#include "tsdb/tier/day_aggs.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDayBegin = 1'767'225'600'000;  // 2026-01-01

template <typename Chunk>
std::string Run(const Chunk& chunk) {
  std::string out;
  AppendRun(out, chunk.view(), {chunk.min_t(), chunk.max_t(), 1});
  return out;
}

// Three hours of a counter every ten minutes, which is reset, misses half an hour, and
// ends; and what cannot be.
std::string Counter() {
  FloatChunk chunk;
  for (int64_t i = 1; i <= 18; ++i) {
    if (i >= 8 && i <= 10) continue;
    const double v = i < 12 ? 2.5 * static_cast<double>(i) : static_cast<double>(i - 12);
    chunk.Append(kDayBegin + i * 10 * kMinute, i == 5 ? -1 : v);
  }
  chunk.Append(kDayBegin + 181 * kMinute, kStaleNaN);
  return Run(chunk);
}

// Two hours of a native histogram, which is reset in the second.
std::string Histograms() {
  HistogramChunk chunk;
  FloatHistogram h;
  h.schema = 3;
  h.zero_threshold = 0.001;
  h.positive_spans = {{-2, 2}, {3, 1}};
  h.positive_buckets = {0, 0, 0};
  for (int64_t i = 1; i <= 4; ++i) {
    for (size_t k = 0; k < 3; ++k) {
      h.positive_buckets[k] = i == 4 ? 1.0 : static_cast<double>(i) * static_cast<double>(k + 1);
    }
    h.count = h.positive_buckets[0] + h.positive_buckets[1] + h.positive_buckets[2];
    h.sum = h.count * 0.25;
    chunk.Append(kDayBegin + i * 30 * kMinute, h);
  }
  return Run(chunk);
}

struct Made {
  std::string hours, day, quality;
};

Made Make(std::string_view raw) {
  const StatusOr<DayAggs> aggs = MakeDayAggs(raw);
  EXPECT_TRUE(aggs.ok()) << aggs.status();
  return {EncodeTierBlock(Tier::kHour, aggs->hours),
          EncodeTierBlock(Tier::kDay, std::span(&*aggs->day, 1)), EncodeDayQuality(aggs->quality)};
}

std::string Golden(const std::string& name) {
  std::ifstream in(TIDEMARK_GOLDEN_DIR "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(GoldenTierTest, TheseBytesAreStillWritten) {
  const Made counter = Make(Counter());
  const Made histograms = Make(Histograms());
  const struct {
    const char* name;
    const std::string& bytes;
  } cases[] = {
      {"counter_hours_v1", counter.hours},     {"counter_day_v1", counter.day},
      {"counter_quality_v1", counter.quality}, {"histogram_hours_v1", histograms.hours},
      {"histogram_day_v1", histograms.day},    {"histogram_quality_v1", histograms.quality},
  };
  const char* const folder = std::getenv("TIDEMARK_WRITE_GOLDEN");
  for (const auto& c : cases) {
    if (folder != nullptr) {
      std::ofstream(std::string(folder) + "/" + c.name, std::ios::binary) << c.bytes;
    }
    EXPECT_EQ(Golden(c.name), c.bytes) << c.name;
  }
}

std::vector<Agg> Read(Tier tier, const std::string& name) {
  TierBlockReader reader;
  const Status opened = reader.Open(tier, Golden(name));
  EXPECT_TRUE(opened.ok()) << opened;
  std::vector<Agg> out(reader.size());
  for (size_t i = 0; i < out.size(); ++i) reader.Read(i, out[i]);
  return out;
}

TEST(GoldenTierTest, CounterHoursAreRead) {
  const std::vector<Agg> hours = Read(Tier::kHour, "counter_hours_v1");
  ASSERT_EQ(hours.size(), 4u);
  const struct {
    uint64_t n;
    Sample first, last;
    double increase, min, max;
    uint64_t resets;
  } want[] = {
      // 2.5, 5, 7.5, 10, -1, 15
      {6, {kDayBegin + 10 * kMinute, 2.5}, {kDayBegin + kHour, 15}, 22.5, -1, 15, 1},
      // 17.5, 27.5, 0
      {3, {kDayBegin + 70 * kMinute, 17.5}, {kDayBegin + 2 * kHour, 0}, 10, 0, 27.5, 1},
      // 1 to 6
      {6, {kDayBegin + 130 * kMinute, 1}, {kDayBegin + 3 * kHour, 6}, 5, 1, 6, 0},
  };
  for (size_t i = 0; i < std::size(want); ++i) {
    SCOPED_TRACE(i);
    const FloatAgg& got = hours[i].floats;
    EXPECT_EQ(got.n, want[i].n);
    EXPECT_TRUE(SameSample(got.first, want[i].first));
    EXPECT_TRUE(SameSample(got.last, want[i].last));
    EXPECT_DOUBLE_EQ(got.Increase(), want[i].increase);
    EXPECT_EQ(got.min, want[i].min);
    EXPECT_EQ(got.max, want[i].max);
    EXPECT_EQ(hours[i].resets, want[i].resets);
  }
  EXPECT_EQ(hours[3].floats.n, 0u);
  EXPECT_EQ(hours[3].stale_t, kDayBegin + 181 * kMinute);
}

TEST(GoldenTierTest, DaysAreRead) {
  const std::vector<Agg> counter = Read(Tier::kDay, "counter_day_v1");
  ASSERT_EQ(counter.size(), 1u);
  EXPECT_EQ(counter[0].floats.n, 15u);
  EXPECT_DOUBLE_EQ(counter[0].floats.Increase(), 41);
  EXPECT_EQ(counter[0].resets, 2u);
  const std::vector<Agg> histogram = Read(Tier::kDay, "histogram_day_v1");
  ASSERT_EQ(histogram.size(), 1u);
  EXPECT_EQ(histogram[0].histograms.n, 4u);
  EXPECT_EQ(histogram[0].resets, 1u);
}

TEST(GoldenTierTest, HistogramHoursAreRead) {
  const std::vector<Agg> hours = Read(Tier::kHour, "histogram_hours_v1");
  ASSERT_EQ(hours.size(), 2u);
  const HistogramAgg& first = hours[0].histograms;
  EXPECT_EQ(first.n, 2u);
  EXPECT_EQ(first.first.h.positive_buckets, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(first.last.h.positive_buckets, (std::vector<double>{2, 4, 6}));
  EXPECT_FALSE(first.has_correction);
  const HistogramAgg& second = hours[1].histograms;
  EXPECT_EQ(second.last.t, kDayBegin + 2 * kHour);
  EXPECT_EQ(second.last.h.sum, 0.75);
  EXPECT_EQ(second.first.h.positive_buckets, (std::vector<double>{3, 6, 9}));
  EXPECT_TRUE(second.first_is_reset);
}

TEST(GoldenTierTest, QualityIsRead) {
  const StatusOr<DayQuality> day = DecodeDayQuality(Golden("counter_quality_v1"));
  ASSERT_TRUE(day.ok()) << day.status();
  EXPECT_EQ(day->interval_ms, 857'143);  // as this version found it
  EXPECT_EQ(day->first_t, kDayBegin + 10 * kMinute);
  EXPECT_EQ(day->last_t, kDayBegin + 3 * kHour);
  EXPECT_TRUE(day->ended);
  ASSERT_GE(day->hours.size(), 3u);
  EXPECT_EQ(day->hours[0].found, 6u);
  EXPECT_EQ(day->hours[0].negatives, 1u);
  EXPECT_EQ(day->hours[1].missing, 2u);
  EXPECT_EQ(day->hours[1].resets, 1u);
  ASSERT_TRUE(DecodeDayQuality(Golden("histogram_quality_v1")).ok());
}

}  // namespace
}  // namespace tidemark::tsdb
