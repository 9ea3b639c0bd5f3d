#include "server/demo/latency_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace tidemark::server {
namespace {

namespace client = io::prometheus::client;

// Buckets by index, empty ones left out, as a reader of the message sees them.
std::map<int32_t, int64_t> ReadNative(const client::Histogram& histogram) {
  std::map<int32_t, int64_t> buckets;
  int32_t index = 0;
  int delta = 0;
  int64_t count = 0;
  for (const auto& span : histogram.positive_span()) {
    index += span.offset();
    for (uint32_t i = 0; i < span.length(); ++i, ++index) {
      count += histogram.positive_delta(delta++);
      if (count != 0) buckets[index] = count;
    }
  }
  EXPECT_EQ(delta, histogram.positive_delta_size());
  return buckets;
}

TEST(LatencyHistogramTest, NativeBoundsAreInclusiveAbove) {
  const struct {
    double seconds;
    int32_t index;
  } kCases[] = {
      {1, 0},        {std::nextafter(1, 2), 1}, {1.05, 1}, {std::exp2(0.125), 1},
      {2, 8},        {std::nextafter(2, 3), 9}, {0.5, -8}, {std::nextafter(0.5, 1), -7},
      {0.1, -26},  // (0.09639, 0.10511]
      {10, 27},    // (9.514, 10.375]
      {1e-30, -797},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.seconds);
    LatencyHistogram histogram;
    histogram.Observe(c.seconds, 3);
    client::Histogram out;
    histogram.FillNative(out);
    EXPECT_EQ(ReadNative(out), (std::map<int32_t, int64_t>{{c.index, 3}}));
    EXPECT_LE(c.seconds, std::exp2(c.index / 8.0));
    EXPECT_GT(c.seconds, std::exp2((c.index - 1) / 8.0));
  }
}

TEST(LatencyHistogramTest, SpansBridgeSmallGapsOnly) {
  LatencyHistogram histogram;
  for (const int32_t index : {-10, -9, -6, -2, 5}) {
    histogram.Observe(std::exp2((index - 0.5) / 8), static_cast<uint64_t>(index + 11));
  }
  client::Histogram out;
  histogram.FillNative(out);
  ASSERT_EQ(out.positive_span_size(), 3);
  const std::vector<std::pair<int32_t, uint32_t>> want = {{-10, 5}, {3, 1}, {6, 1}};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(out.positive_span(i).offset(), want[static_cast<size_t>(i)].first);
    EXPECT_EQ(out.positive_span(i).length(), want[static_cast<size_t>(i)].second);
  }
  EXPECT_EQ(ReadNative(out),
            (std::map<int32_t, int64_t>{{-10, 1}, {-9, 2}, {-6, 5}, {-2, 9}, {5, 16}}));
}

TEST(LatencyHistogramTest, AgreesWithPlainCounting) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> seconds(-2, 2);
  std::map<int32_t, int64_t> native;
  std::vector<double> all;
  LatencyHistogram histogram;
  for (int i = 0; i < 5'000; ++i) {
    all.push_back(seconds(random));
    histogram.Observe(all.back());
    ++native[static_cast<int32_t>(std::ceil(std::log2(all.back()) * 8))];
  }
  client::Histogram out;
  histogram.FillClassic(out);
  histogram.FillNative(out);
  EXPECT_EQ(ReadNative(out), native);
  EXPECT_EQ(out.schema(), 3);
  EXPECT_EQ(out.zero_threshold(), 2.938735877055719e-39);
  EXPECT_EQ(out.sample_count(), all.size());
  ASSERT_EQ(out.bucket_size(), 11);
  for (const auto& bucket : out.bucket()) {
    const auto at_most = [&](double s) { return s <= bucket.upper_bound(); };
    EXPECT_EQ(bucket.cumulative_count(),
              static_cast<uint64_t>(std::count_if(all.begin(), all.end(), at_most)));
  }
}

TEST(LatencyHistogramTest, KeepsTheLastExemplarOfABucket) {
  LatencyHistogram histogram;
  for (const double s : {0.3, 0.4, 100.0}) histogram.Observe(s);
  histogram.SetExemplar(0.3, 1'700'000'000'250, "first");
  histogram.SetExemplar(0.4, 1'700'000'001'250, "second");
  histogram.SetExemplar(100, 1'700'000'002'000, "slow");
  client::Histogram out;
  histogram.FillClassic(out);
  histogram.FillNativeExemplars(out);
  ASSERT_EQ(out.bucket_size(), 12);
  const client::Exemplar& second = out.bucket(6).exemplar();
  EXPECT_EQ(second.label(0).name(), "trace_id");
  EXPECT_EQ(second.label(0).value(), "second");
  EXPECT_EQ(second.value(), 0.4);
  EXPECT_EQ(second.timestamp().seconds(), 1'700'000'001);
  EXPECT_EQ(second.timestamp().nanos(), 250'000'000);
  EXPECT_TRUE(std::isinf(out.bucket(11).upper_bound()));
  EXPECT_EQ(out.bucket(11).cumulative_count(), 3u);
  EXPECT_EQ(out.bucket(11).exemplar().label(0).value(), "slow");
  EXPECT_FALSE(out.bucket(5).has_exemplar());
  ASSERT_EQ(out.exemplars_size(), 2);
  EXPECT_EQ(out.exemplars(1).value(), 100);
}

TEST(LatencyHistogramTest, NothingObservedIsStillNative) {
  client::Histogram out;
  LatencyHistogram().FillNative(out);
  EXPECT_EQ(out.sample_count(), 0u);
  EXPECT_GT(out.zero_threshold(), 0);  // by which a reader knows it from a classic one
}

}  // namespace
}  // namespace tidemark::server
