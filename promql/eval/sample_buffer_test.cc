#include "promql/eval/sample_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

HistogramPtr HistogramOf(double count) {
  auto h = std::make_shared<tsdb::FloatHistogram>();
  h->count = h->zero_count = count;
  return h;
}

TEST(SampleBufferTest, WindowsAreLeftOpen) {
  SampleBuffer buffer;
  const std::vector<int64_t> t = {10, 20, 30, 40};
  const std::vector<double> v = {1, 2, 3, 4};
  buffer.Append({t, v, {}});
  const Window w = buffer.Move(10, 30);
  EXPECT_THAT(w.float_t, ElementsAre(20, 30));
  EXPECT_THAT(w.floats, ElementsAre(2, 3));
  EXPECT_EQ(w.first_float, 1u);
  EXPECT_EQ(w.start, 10);
  EXPECT_EQ(w.end, 30);
  EXPECT_EQ(buffer.WindowSamples(), 2u);
  EXPECT_EQ(buffer.held(), 4u);
  EXPECT_TRUE(buffer.Move(40, 50).empty());
}

TEST(SampleBufferTest, StaleMarkersAreLeftOut) {
  SampleBuffer buffer;
  const std::vector<int64_t> t = {10, 20, 30};
  buffer.Append({t, std::vector<double>{1, tsdb::kStaleNaN, 3}, {}});
  tsdb::FloatHistogram stale;
  stale.sum = tsdb::kStaleNaN;
  buffer.Append({std::vector<int64_t>{40}, {}, std::vector<tsdb::FloatHistogram>{stale}});
  const Window w = buffer.Move(0, 100);
  EXPECT_THAT(w.floats, ElementsAre(1, 3));
  EXPECT_THAT(w.histograms, IsEmpty());
}

TEST(SampleBufferTest, TypesApart) {
  SampleBuffer buffer;
  buffer.AppendFloat(10, 1);
  buffer.AppendHistogram(20, HistogramOf(7));
  buffer.AppendFloat(30, 2);
  const Window w = buffer.Move(0, 30);
  EXPECT_TRUE(w.mixed());
  EXPECT_THAT(w.float_t, ElementsAre(10, 30));
  EXPECT_THAT(w.histogram_t, ElementsAre(20));
  EXPECT_EQ(w.histograms[0]->count, 7);
  EXPECT_GT(buffer.held(), 3u);  // a histogram weighs more than a float
  buffer.Clear();
  EXPECT_EQ(buffer.held(), 0u);
  EXPECT_TRUE(buffer.Move(0, 30).empty());
}

// Against a plain filter over all samples, far past the point where samples in
// front of the window are given back.
TEST(SampleBufferTest, MovingWindowsMatchAPlainFilter) {
  std::mt19937_64 random(7);
  std::vector<int64_t> times;
  int64_t t = 0;
  for (int i = 0; i < 20'000; ++i) times.push_back(t += 1 + static_cast<int64_t>(random() % 20));
  SampleBuffer buffer;
  size_t appended = 0;
  for (int64_t end = 0; end < t; end += 500) {
    const int64_t start = end - 3'000;
    for (; appended < times.size() && times[appended] <= end + 700; ++appended) {
      if (appended % 3 == 0) {
        buffer.AppendHistogram(times[appended], HistogramOf(static_cast<double>(appended)));
      } else {
        buffer.AppendFloat(times[appended], static_cast<double>(appended));
      }
    }
    std::vector<int64_t> floats;
    std::vector<int64_t> histograms;
    for (size_t i = 0; i < times.size(); ++i) {
      if (times[i] <= start || times[i] > end) continue;
      (i % 3 == 0 ? histograms : floats).push_back(times[i]);
    }
    const Window w = buffer.Move(start, end);
    ASSERT_THAT(w.float_t, ElementsAreArray(floats));
    ASSERT_THAT(w.histogram_t, ElementsAreArray(histograms));
    if (!floats.empty()) {
      // Of the ordinals 0, 1, 2 … the third are histograms.
      const auto index = static_cast<uint64_t>(w.floats[0]);
      ASSERT_EQ(w.first_float, index - index / 3 - 1);
      ASSERT_EQ(w.first_histogram, static_cast<uint64_t>(w.histograms[0]->count) / 3);
    }
    ASSERT_LT(buffer.held(), 8'000u);
  }
}

}  // namespace
}  // namespace tidemark::promql
