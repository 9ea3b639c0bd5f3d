#include "tsdb/chunk/histogram_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "tsdb/chunk/histogram_chunk.h"
#include "tsdb/model/random_histogram.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

using Samples = std::vector<HistogramSample>;

SealedHistograms Seal(const Samples& samples) {
  std::vector<int64_t> times;
  std::vector<const FloatHistogram*> histograms;
  for (const HistogramSample& sample : samples) {
    times.push_back(sample.t);
    histograms.push_back(&sample.h);
  }
  return SealHistograms(times, histograms);
}

void ExpectSame(const HistogramSample& a, const HistogramSample& b) {
  ASSERT_EQ(a.t, b.t);
  ASSERT_TRUE(a.h.Equals(b.h)) << a.h.ToString() << "\n" << b.h.ToString();
  ASSERT_EQ(a.h.counter_reset_hint, b.h.counter_reset_hint);
  ASSERT_EQ(a.h.custom_values, b.h.custom_values);
  ASSERT_EQ(a.h.positive_spans, b.h.positive_spans);
  ASSERT_EQ(a.h.negative_spans, b.h.negative_spans);
}

// What is decoded is the front of `want`; returns how many they are.
size_t ExpectFront(const ChunkView& view, const Samples& want, Status& status) {
  const auto decoder = NewChunkDecoder(view);
  size_t n = 0;
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    EXPECT_LE(run.size(), kDecodeBatch);
    for (size_t i = 0; i < run.size() && n < want.size(); ++i, ++n) {
      ExpectSame({run.t[i], run.h[i]}, want[n]);
    }
  }
  status = decoder->status();
  return n;
}

void ExpectComesBack(const Samples& samples) {
  Status status;
  EXPECT_EQ(ExpectFront(Seal(samples).view(), samples, status), samples.size());
  EXPECT_TRUE(status.ok()) << status;
}

FloatHistogram Stale() {
  FloatHistogram h;
  h.sum = kStaleNaN;
  return h;
}

FloatHistogram Latency(size_t buckets = 16) {
  FloatHistogram h;
  h.schema = 3;
  h.zero_threshold = 2.938735877055719e-39;
  h.positive_spans = {{-20, static_cast<uint32_t>(buckets)}};
  h.positive_buckets.resize(buckets);
  return h;
}

// A counter of requests, most of which take about as long.
Samples Requests(size_t n, size_t buckets = 16) {
  std::mt19937_64 random(47);
  Samples samples;
  FloatHistogram h = Latency(buckets);
  for (size_t i = 0; i < n; ++i) {
    for (int k = 0; k < 40; ++k) {
      const double value = std::normal_distribution<double>(0.5, 0.1)(random);
      const double bucket = std::clamp(value, 0.0, 0.999) * static_cast<double>(buckets);
      h.positive_buckets[static_cast<size_t>(bucket)] += 1;
      h.count += 1;
      h.sum += value;
    }
    samples.push_back({static_cast<int64_t>(i) * 15000, h});
  }
  return samples;
}

TEST(HistogramColumnsTest, AnyHistogramComesBack) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  Samples samples;
  const auto add = [&](FloatHistogram h) {
    samples.push_back({std::ssize(samples) * 1000 - 3000, std::move(h)});
  };
  add(Stale());
  add(FloatHistogram());
  add(Latency());
  add(Stale());
  add(Latency());
  FloatHistogram h = Latency();
  h.counter_reset_hint = CounterResetHint::kGauge;
  add(h);
  for (const double count : {0.5, -0.0, 9007199254740992.0, -9007199254740992.0, kInf}) {
    h.positive_buckets[3] = count;
    add(h);
    h.count = count;
    add(h);
  }
  h.sum = kStaleNaN;  // a marker with a layout is kept with it
  add(h);
  h.zero_count = std::numeric_limits<double>::quiet_NaN();
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
  for (const HistogramSample& sample : samples) ExpectComesBack({sample});
}

TEST(HistogramColumnsTest, TimesComeBack) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ExpectComesBack({{kMin, Latency()}, {kMax, Latency()}});
  ExpectComesBack({{kMax, Latency()}});
  ExpectComesBack({{-1, Latency()}, {0, Stale()}, {1, Latency()}, {1 << 30, Latency()}});
}

TEST(HistogramColumnsTest, RandomHistogramsComeBack) {
  RandomHistograms random(53);
  for (int round = 0; round < 150; ++round) {
    Samples samples;
    FloatHistogram h = random.Any();
    int64_t t = -5000;
    const uint64_t changes = 2 + random.Below(200);
    for (uint64_t n = 1 + random.Below(400); n > 0; --n) {
      t += round % 3 == 0 ? 15000 : 1 + static_cast<int64_t>(random.Below(30000));
      h = random.Below(changes) == 0 ? random.Any() : random.Later(h);
      samples.push_back({t, random.Below(40) == 0 ? Stale() : h});
    }
    ExpectComesBack(samples);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(HistogramColumnsTest, TakesFewBytes) {
  const Samples samples = Requests(480);
  HistogramChunk open;
  for (const HistogramSample& sample : samples) open.Append(sample.t, sample.h);
  EXPECT_LT(Seal(samples).bytes.size(), 480u * 13);
  EXPECT_LT(Seal(samples).bytes.size(), open.bytes().size() * 6 / 10);
  // Where nothing happens, there is next to nothing.
  Samples idle;
  for (int i = 0; i < 480; ++i) idle.push_back({i * 15000, samples[100].h});
  EXPECT_LT(Seal(idle).bytes.size(), 480u);
}

TEST(HistogramColumnsTest, SkipGoesToTheGroup) {
  Samples samples = Requests(900);
  for (size_t i = 300; i < samples.size(); ++i) {
    if (i % 170 == 0) samples[i].h = Stale();
    if (i >= 600 && i % 170 != 0) samples[i].h = Requests(i + 1 - 600, 9).back().h;
  }
  const SealedHistograms sealed = Seal(samples);
  std::mt19937_64 random(5);
  for (int round = 0; round < 100; ++round) {
    const auto decoder = NewChunkDecoder(sealed.view());
    size_t done = 0;
    while (done < samples.size()) {
      const size_t wanted = done + random() % (samples.size() - done);
      decoder->Skip(samples[wanted].t - static_cast<int64_t>(random() % 2));
      ASSERT_TRUE(decoder->Next()) << decoder->status();
      const SampleRun& run = decoder->run();
      const auto first = static_cast<size_t>(run.t[0] / 15000);
      ASSERT_GE(first, done);
      ASSERT_LE(first, wanted);
      ASSERT_GT(first + 2 * kHistogramGroupSamples, wanted);
      for (size_t i = 0; i < run.size(); ++i) ExpectSame({run.t[i], run.h[i]}, samples[first + i]);
      done = first + run.size();
    }
    decoder->Skip(std::numeric_limits<int64_t>::max());
    ASSERT_FALSE(decoder->Next());
    ASSERT_TRUE(decoder->status().ok());
  }
}

// Two layouts, a stale marker, fractions.
Samples Example() {
  Samples samples = Requests(200);
  samples[150].h = Stale();
  for (size_t i = 160; i < samples.size(); ++i) samples[i].h.positive_buckets[2] += 0.25;
  for (size_t i = 190; i < samples.size(); ++i) samples[i].h = Latency(3);
  return samples;
}

TEST(HistogramColumnsTest, CutBytesAreReportedAndTheRestIsRead) {
  const Samples samples = Example();
  const SealedHistograms sealed = Seal(samples);
  for (size_t n = 0; n < sealed.bytes.size(); ++n) {
    const std::string cut = sealed.bytes.substr(0, n);
    Status status;
    ASSERT_LT(ExpectFront({Codec::kColumnHistogram, sealed.count, cut}, samples, status),
              samples.size());
    ASSERT_EQ(status.code(), StatusCode::kDataLoss) << n;
    ASSERT_THAT(std::string(MessageOf(status)), testing::HasSubstr("at byte"));
  }
  Status status;
  ExpectFront({Codec::kColumnHistogram, sealed.count + 1, sealed.bytes}, samples, status);
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
}

TEST(HistogramColumnsTest, DamagedBytesEndSomewhere) {
  std::mt19937_64 random(77);
  const SealedHistograms sealed = Seal(Example());
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = round % 5 == 0 ? std::string(random() % 200, '\0') : sealed.bytes;
    for (uint64_t i = 1 + random() % 4; i > 0 && !bytes.empty(); --i) {
      const size_t front = random() % 2 == 0 ? 60 : bytes.size();
      bytes[random() % std::min(front, bytes.size())] = static_cast<char>(random());
    }
    const auto decoder = NewChunkDecoder({Codec::kColumnHistogram, 200, bytes});
    bool any = false;
    int64_t last = 0;
    size_t n = 0;
    for (;;) {
      if (random() % 8 == 0) decoder->Skip(last + static_cast<int64_t>(random() % 10'000'000));
      if (!decoder->Next()) break;
      for (const int64_t t : decoder->run().t) {
        ASSERT_TRUE(!any || t > last);
        any = true;
        last = t;
        ++n;
      }
    }
    ASSERT_LE(n, 200u);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
