#include "tsdb/chunk/histogram_chunk.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "tsdb/model/random_histogram.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

std::vector<HistogramSample> Decode(const ChunkView& view, Status* status) {
  std::vector<HistogramSample> samples;
  const auto decoder = NewChunkDecoder(view);
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    EXPECT_FALSE(run.is_float());
    for (size_t i = 0; i < run.size(); ++i) samples.push_back({run.t[i], run.h[i]});
  }
  *status = decoder->status();
  return samples;
}

void ExpectSame(const HistogramSample& a, const HistogramSample& b) {
  ASSERT_EQ(a.t, b.t);
  ASSERT_TRUE(a.h.Equals(b.h)) << a.h.ToString() << "\n" << b.h.ToString();
  ASSERT_EQ(a.h.counter_reset_hint, b.h.counter_reset_hint);
  ASSERT_EQ(a.h.custom_values, b.h.custom_values);
  ASSERT_EQ(a.h.positive_spans, b.h.positive_spans);
  ASSERT_EQ(a.h.negative_spans, b.h.negative_spans);
}

HistogramChunk Encode(const std::vector<HistogramSample>& samples) {
  HistogramChunk chunk;
  for (const HistogramSample& sample : samples) {
    chunk.Append(sample.t, sample.h);
    ExpectSame({chunk.max_t(), chunk.last_h()}, sample);
  }
  return chunk;
}

void ExpectComesBack(const std::vector<HistogramSample>& samples) {
  const HistogramChunk chunk = Encode(samples);
  Status status;
  const auto decoded = Decode(chunk.view(), &status);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(decoded.size(), samples.size());
  for (size_t i = 0; i < samples.size(); ++i) ExpectSame(decoded[i], samples[i]);
}

FloatHistogram Stale() {
  FloatHistogram h;
  h.sum = kStaleNaN;
  return h;
}

FloatHistogram Latency() {
  FloatHistogram h;
  h.schema = 3;
  h.zero_threshold = 2.938735877055719e-39;
  h.positive_spans = {{-20, 16}};
  h.positive_buckets.resize(16);
  return h;
}

std::vector<HistogramSample> CounterSamples(size_t n) {
  std::mt19937_64 random(47);
  std::vector<HistogramSample> samples;
  FloatHistogram h = Latency();
  for (size_t i = 0; i < n; ++i) {
    for (double& bucket : h.positive_buckets) {
      const auto more = static_cast<double>(random() % 10);
      bucket += more;
      h.count += more;
      h.sum += more * 0.017;
    }
    samples.push_back({static_cast<int64_t>(i) * 15000, h});
  }
  return samples;
}

TEST(HistogramChunkTest, AnyHistogramComesBack) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  std::vector<HistogramSample> samples;
  const auto add = [&](FloatHistogram h) {
    samples.push_back({std::ssize(samples) * 1000 - 3000, std::move(h)});
  };
  add(FloatHistogram());
  add(Stale());
  add(Latency());
  add(Stale());
  add(Latency());
  FloatHistogram h = Latency();
  h.counter_reset_hint = CounterResetHint::kGauge;
  add(h);
  h.positive_buckets[3] = 0.5;  // whole numbers no more
  add(h);
  h.positive_buckets[3] = -0.0;
  add(h);
  h.positive_buckets[3] = 9007199254740992.0;
  h.positive_buckets[4] = -9007199254740992.0;
  add(h);
  h.positive_buckets[4] = 9007199254740994.0;
  add(h);
  h.count = kInf;
  h.sum = -kInf;
  h.zero_count = std::numeric_limits<double>::quiet_NaN();
  add(h);
  h.sum = kStaleNaN;  // a marker with a layout is kept with it
  add(h);
  h.positive_spans = {{-20, 10}, {0, 0}, {3, 6}};
  add(h);
  h = Stale();
  h.counter_reset_hint = CounterResetHint::kGauge;
  add(h);
  h = FloatHistogram();
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.custom_values = {-0.0, 1};
  add(h);
  h.custom_values = {0.0, 1};
  add(h);
  ExpectComesBack(samples);
}

TEST(HistogramChunkTest, TimesComeBack) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ExpectComesBack({{kMin, Latency()}, {kMax, Latency()}});
  ExpectComesBack({{kMax, Latency()}});
  ExpectComesBack({{-1, Latency()}, {0, Stale()}, {1, Latency()}, {1 << 30, Latency()}});
  ExpectComesBack({});
}

TEST(HistogramChunkTest, RandomHistogramsComeBack) {
  RandomHistograms random(53);
  for (int round = 0; round < 200; ++round) {
    std::vector<HistogramSample> samples;
    FloatHistogram h = random.Any();
    int64_t t = -5000;
    const uint64_t n = random.Below(100);
    for (uint64_t i = 0; i < n; ++i) {
      t += 1 + static_cast<int64_t>(random.Below(30000));
      h = random.Below(10) == 0 ? random.Any() : random.Later(h);
      samples.push_back({t, random.Below(20) == 0 ? Stale() : h});
    }
    ExpectComesBack(samples);
  }
}

TEST(HistogramChunkTest, ACounterIsSmallAndAMarkerTiny) {
  const auto samples = CounterSamples(100);
  HistogramChunk chunk = Encode(samples);
  // 18 counts of a byte each, the sum of up to nine, the head and the time.
  EXPECT_LE(chunk.bytes().size(), 100u * (18 + 9 + 2 + 2) + 60);
  const size_t before = chunk.bytes().size();
  chunk.Append(samples.back().t + 15000, Stale());
  EXPECT_EQ(chunk.bytes().size() - before, 2u);
  const size_t marked = chunk.bytes().size();
  chunk.Append(samples.back().t + 30000, samples.back().h);
  EXPECT_LE(chunk.bytes().size() - marked, 40u) << "the layout is still known";
}

TEST(HistogramChunkTest, ClearedChunkStartsOver) {
  const auto samples = CounterSamples(20);
  HistogramChunk chunk = Encode(samples);
  const std::string bytes = chunk.bytes();
  chunk.Clear();
  EXPECT_TRUE(chunk.empty());
  for (const HistogramSample& sample : samples) chunk.Append(sample.t, sample.h);
  EXPECT_EQ(chunk.bytes(), bytes);
}

TEST(HistogramChunkTest, TakenBytesLeaveAnEmptyChunk) {
  const auto samples = CounterSamples(20);
  HistogramChunk chunk = Encode(samples);
  const std::string bytes = chunk.bytes();
  EXPECT_EQ(chunk.Take(), bytes);
  EXPECT_TRUE(chunk.empty());
  for (const HistogramSample& sample : samples) chunk.Append(sample.t, sample.h);
  EXPECT_EQ(chunk.bytes(), bytes);
}

TEST(HistogramChunkTest, CutBytesAreReportedAndTheRestIsRead) {
  const auto samples = CounterSamples(60);
  const HistogramChunk chunk = Encode(samples);
  for (size_t n = 0; n < chunk.bytes().size(); ++n) {
    ChunkView view = chunk.view();
    view.bytes = view.bytes.substr(0, n);
    Status status;
    const auto decoded = Decode(view, &status);
    ASSERT_EQ(status.code(), StatusCode::kDataLoss);
    for (size_t i = 0; i < decoded.size(); ++i) ExpectSame(decoded[i], samples[i]);
  }
}

// A few bits flipped in a good chunk reach deeper than random bytes.
TEST(HistogramChunkTest, DamagedBytesEndSomewhere) {
  std::mt19937_64 random(59);
  const HistogramChunk chunk = Encode(CounterSamples(60));
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = chunk.bytes();
    for (int i = 0; i < 3; ++i) {
      bytes[random() % (round % 2 == 0 ? 40 : bytes.size())] ^=
          static_cast<char>(1 << random() % 8);
    }
    Status status;
    const auto decoded = Decode({Codec::kHistogram, 1000, bytes}, &status);
    ASSERT_EQ(status.code(), StatusCode::kDataLoss);
    for (size_t i = 0; i < decoded.size(); ++i) {
      ASSERT_TRUE(i == 0 || decoded[i].t > decoded[i - 1].t);
      ASSERT_LE(decoded[i].h.AllBuckets().size(), bytes.size() + 1);
    }
  }
}

TEST(HistogramChunkTest, FalseLengthsTakeNoMemory) {
  // One sample whose layout claims 2^32 - 1 buckets, or spans, or bounds.
  const std::string threshold(8, '\0');
  const std::string huge = "\xff\xff\xff\xff\x0f";
  const std::string cases[] = {
      std::string("\x01\x00\x00", 3) + threshold + "\x01" + std::string(1, '\0') + huge + "xxxx",
      std::string("\x01\x00\x00", 3) + threshold + huge + "xxxx",
      std::string("\x01\x00\x00", 3) + threshold + std::string(2, '\0') + huge + "xxxx",
  };
  for (const std::string& bytes : cases) {
    Status status;
    EXPECT_TRUE(Decode({Codec::kHistogram, 0xffffffff, bytes}, &status).empty());
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
