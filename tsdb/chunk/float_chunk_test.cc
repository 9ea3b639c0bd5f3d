#include "tsdb/chunk/float_chunk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tsdb/chunk/float_layout.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

std::vector<Sample> Decode(const ChunkView& view, Status* status) {
  std::vector<Sample> samples;
  const auto decoder = NewChunkDecoder(view);
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    EXPECT_TRUE(run.is_float());
    EXPECT_LE(run.size(), kDecodeBatch);
    for (size_t i = 0; i < run.size(); ++i) samples.push_back({run.t[i], run.v[i]});
  }
  *status = decoder->status();
  return samples;
}

FloatChunk Encode(const std::vector<Sample>& samples) {
  FloatChunk chunk;
  for (const Sample& sample : samples) chunk.Append(sample.t, sample.v);
  return chunk;
}

void ExpectComesBack(const std::vector<Sample>& samples) {
  const FloatChunk chunk = Encode(samples);
  EXPECT_EQ(chunk.count(), samples.size());
  Status status;
  const std::vector<Sample> decoded = Decode(chunk.view(), &status);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(decoded.size(), samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    ASSERT_TRUE(SameSample(decoded[i], samples[i])) << i << " t=" << samples[i].t;
  }
  if (samples.empty()) return;
  EXPECT_EQ(chunk.min_t(), samples.front().t);
  EXPECT_EQ(chunk.max_t(), samples.back().t);
  EXPECT_EQ(std::bit_cast<uint64_t>(chunk.last_v()), std::bit_cast<uint64_t>(samples.back().v));
}

TEST(FloatChunkTest, SpecialValuesComeBack) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const double values[] = {0.0,
                           -0.0,
                           1.0,
                           kStaleNaN,
                           std::bit_cast<double>(uint64_t{0xfff8123456789abc}),
                           kInf,
                           -kInf,
                           std::numeric_limits<double>::denorm_min(),
                           std::numeric_limits<double>::max(),
                           0.1,
                           0.1,
                           kStaleNaN,
                           kStaleNaN};
  std::vector<Sample> samples;
  for (const double v : values) samples.push_back({1000 * std::ssize(samples), v});
  ExpectComesBack(samples);
}

TEST(FloatChunkTest, TimesComeBack) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::vector<int64_t> cases[] = {
      {},
      {0},
      {kMin},
      {kMax},
      {kMin, kMax},
      {kMin, kMin + 1, -1, 0, 1, kMax - 1, kMax},
      {-5, 0, 1, 1'700'000'000'000, 1'700'000'000'001},
  };
  for (const auto& times : cases) {
    std::vector<Sample> samples;
    for (const int64_t t : times) samples.push_back({t, 1});
    ExpectComesBack(samples);
  }
}

// Changes of the distance around every class of widths.
TEST(FloatChunkTest, EveryClassOfTimesComesBack) {
  for (int ones = 1; ones < kMostOnes; ++ones) {
    const int64_t edge = int64_t{1} << (kChangeBits[ones] - 1);
    for (const int64_t change : {-edge - 1, -edge, -edge + 1, edge - 1, edge, edge + 1}) {
      const int64_t base = int64_t{1} << 40;
      ExpectComesBack({{0, 1}, {base, 1}, {base + base + change, 1}});
    }
  }
}

TEST(FloatChunkTest, RandomSamplesComeBack) {
  std::mt19937_64 random(41);
  for (int round = 0; round < 300; ++round) {
    std::vector<Sample> samples;
    int64_t t = static_cast<int64_t>(random() % 2'000'000'000'000) - 1'000'000'000'000;
    double v = 0;
    const size_t n = random() % 400;
    const int kind = static_cast<int>(random() % 4);
    for (size_t i = 0; i < n; ++i) {
      t += random() % 5 == 0 ? 1 + static_cast<int64_t>(random() % 100000) : 15000;
      if (kind == 0) v = std::bit_cast<double>(static_cast<uint64_t>(random()));
      if (kind == 1) v += static_cast<double>(random() % 100);
      if (kind == 2) v = static_cast<double>(random() % 10000) / 100;
      samples.push_back({t, v});
    }
    ExpectComesBack(samples);
  }
}

TEST(FloatChunkTest, ARegularSeriesIsSmall) {
  FloatChunk chunk;
  for (int i = 0; i < 240; ++i) chunk.Append(1'700'000'000'000 + i * 15000, 42);
  EXPECT_LE(chunk.bytes().size(), 16u + 3 + 240 * 2 / 8);
  for (int i = 240; i < 480; ++i) chunk.Append(1'700'000'000'000 + i * 15000 + i % 7, 42);
  EXPECT_LE(chunk.bytes().size(), 80u + 240 * 11 / 8);
}

TEST(FloatChunkTest, ClearedChunkStartsOver) {
  FloatChunk chunk = Encode({{5, 1}, {6, 2}, {100, 2.5}});
  chunk.Clear();
  EXPECT_TRUE(chunk.empty());
  chunk.Append(-7, 3);
  chunk.Append(1, 3.5);
  EXPECT_EQ(chunk.bytes(), Encode({{-7, 3}, {1, 3.5}}).bytes());
}

TEST(FloatChunkTest, CutBytesAreReportedAndTheRestIsRead) {
  std::vector<Sample> samples;
  for (int i = 0; i < 300; ++i) samples.push_back({i * 1000 + i % 3, i * 0.37});
  const FloatChunk chunk = Encode(samples);
  for (size_t n = 0; n < chunk.bytes().size(); ++n) {
    ChunkView view = chunk.view();
    view.bytes = view.bytes.substr(0, n);
    Status status;
    const std::vector<Sample> decoded = Decode(view, &status);
    ASSERT_EQ(status.code(), StatusCode::kDataLoss);
    ASSERT_LT(decoded.size(), samples.size());
    for (size_t i = 0; i < decoded.size(); ++i) ASSERT_TRUE(SameSample(decoded[i], samples[i]));
  }
  // The unused bits of the last byte may look like a few samples more.
  ChunkView view = chunk.view();
  view.count += 100;
  Status status;
  EXPECT_LE(Decode(view, &status).size(), samples.size() + 4);
  EXPECT_THAT(std::string(MessageOf(status)), testing::HasSubstr("sample 30"));
}

TEST(FloatChunkTest, RandomBytesEndSomewhere) {
  std::mt19937_64 random(43);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    Status status;
    const auto samples = Decode({Codec::kXorFloat, 1000, bytes}, &status);
    ASSERT_EQ(status.code(), StatusCode::kDataLoss);
    for (size_t i = 1; i < samples.size(); ++i) ASSERT_GT(samples[i].t, samples[i - 1].t);
  }
}

TEST(ChunkTest, OtherCodecsAreRefused) {
  for (const int codec : {0, 6, 255}) {
    Status status;
    EXPECT_TRUE(Decode({static_cast<Codec>(codec), 1, "x"}, &status).empty());
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
