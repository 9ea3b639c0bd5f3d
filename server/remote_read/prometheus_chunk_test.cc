// The bytes are those that Prometheus' own code (tsdb/chunkenc) makes of the
// same samples.
#include "server/remote_read/prometheus_chunk.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tidemark::server {
namespace {

using tsdb::BucketSpan;
using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

constexpr int64_t kT = 1'700'000'000'000;

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    for (const int nibble : {(c >> 4) & 15, c & 15}) out += "0123456789abcdef"[nibble];
  }
  return out;
}

struct Chunk {
  int64_t min_time;
  int64_t max_time;
  ChunkEncoding encoding;
  std::string hex;
  // From the header.
  int samples() const { return std::stoi(hex.substr(0, 4), nullptr, 16); }
};

// What the writer makes of some runs.
class Written {
 public:
  Written& Floats(std::vector<int64_t> t, std::vector<double> v) {
    tsdb::SampleRun run;
    run.t = t;
    run.v = v;
    writer_.Add(run);
    return *this;
  }
  Written& Histograms(std::vector<int64_t> t, std::vector<FloatHistogram> h) {
    tsdb::SampleRun run;
    run.t = t;
    run.h = h;
    writer_.Add(run);
    return *this;
  }
  std::vector<Chunk> Finish() {
    writer_.Finish();
    return chunks_;
  }

 private:
  std::vector<Chunk> chunks_;
  ChunkWriter writer_{[this](const PrometheusChunk& c) {
    chunks_.push_back({c.min_time, c.max_time, c.encoding, Hex(c.data)});
  }};
};

std::vector<int64_t> Times(size_t n) {
  std::vector<int64_t> t;
  for (int64_t i = 0; i < static_cast<int64_t>(n); ++i) t.push_back(kT + i * 15'000 + i * i);
  return t;
}

// The one chunk of these histograms.
Chunk Encode(const std::vector<FloatHistogram>& histograms) {
  const std::vector<Chunk> chunks =
      Written().Histograms(Times(histograms.size()), histograms).Finish();
  EXPECT_EQ(chunks.size(), 1u);
  return chunks.front();
}

FloatHistogram Stale() {
  FloatHistogram h;
  h.sum = tsdb::kStaleNaN;
  return h;
}

// A count of 3 in one bucket.
FloatHistogram Simple(double count = 3) {
  FloatHistogram h;
  h.count = count;
  h.sum = 3;
  h.positive_spans = {{1, 1}};
  h.positive_buckets = {count};
  return h;
}

TEST(PrometheusChunkTest, Floats) {
  const std::vector<Chunk> chunks =
      Written()
          .Floats({kT, kT + 15000, kT + 30000, kT + 45001, kT + 59000}, {0, 1, 1, 1.5, -2.25})
          .Floats(
              {kT + 160000, kT + 900000, kT + 900000 + (1LL << 40), kT + (1LL << 41)},
              {-std::numeric_limits<double>::infinity(), tsdb::kStaleNaN, 1e-300, 123456789.125})
          .Finish();
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(
      chunks[0].hex,
      "000980a0abfef96200000000000000009875c457fe4000ec07782d80ffffbc2a7b31ff9f000000000009c018"
      "c1fc000000000000001f000000fffff4b560c3ffe556e1fc2f8f35bffffffffffff24460a01c0095cb3c79ac"
      "80");
  EXPECT_EQ(chunks[0].encoding, ChunkEncoding::kXor);
  EXPECT_EQ(chunks[0].min_time, kT);
  EXPECT_EQ(chunks[0].max_time, kT + (1LL << 41));
  EXPECT_EQ(Written().Floats({-5000}, {42}).Finish().at(0).hex, "00018f4e4045000000000000");
  EXPECT_TRUE(Written().Finish().empty());
}

TEST(PrometheusChunkTest, IntegerHistogramsUpToTheirEnd) {
  std::vector<FloatHistogram> histograms;
  for (int i = 0; i < 4; ++i) {
    FloatHistogram h;
    h.schema = 3;
    h.zero_threshold = 0.001;
    h.zero_count = 7 + i;
    h.sum = 18.4 + i * 1.1;
    h.positive_spans = {{-3, 2}, {5, 2}};
    h.positive_buckets = {1.0 + i, 2, 3.0 + 2 * i, 1.0 * i};
    h.negative_spans = {{1, 1}};
    h.negative_buckets = {4.0 + i};
    h.count = h.zero_count + 10 + 5 * i;
    histograms.push_back(h);
  }
  histograms.push_back(Stale());
  const Chunk chunk = Encode(histograms);
  EXPECT_EQ(chunk.encoding, ChunkEncoding::kHistogram);
  EXPECT_EQ(
      chunk.hex,
      "000500ff3f50624dd2f1a9fc9ca559616318ff0000c5e7f2b400646e8064cccccccccccd18c6b4f83a99c347"
      "7e1e666666666671bcaf191b73e33333333333209112aaaaaaaaaaa048c5f7f8b6666666666620");
}

TEST(PrometheusChunkTest, CustomBuckets) {
  std::vector<FloatHistogram> histograms;
  for (int i = 0; i < 2; ++i) {
    FloatHistogram h;
    h.schema = FloatHistogram::kCustomBucketsSchema;
    h.sum = 5;
    h.positive_spans = {{0, 1}, {1, 2}};
    h.positive_buckets = {1e6 + i, 1, 2.0 + i};
    h.count = 1'000'003 + 2 * i;
    h.custom_values = {-1.5, 0.005, 0.25, 33554.43, 33554.431, 1e6};
    histograms.push_back(h);
  }
  EXPECT_EQ(
      Encode(histograms).hex,
      "00020000ee5ca294565ffc0000000000005b9f7fbfffffe40e0624dcac0831220974240000000007f0000c5e"
      "7f2b4007e07a12190050000000000003f03d0903f7c2f7063f075332237880");
}

TEST(PrometheusChunkTest, AStaleOneFirst) {
  EXPECT_EQ(Encode({Stale()}).hex, "000100001fc0003179fcad0003ff80000000000010");
}

TEST(PrometheusChunkTest, BucketsThatComeLaterAreInAllSamples) {
  FloatHistogram one = Simple();
  one.zero_threshold = 0x1p-128;
  FloatHistogram more = one;
  more.count = 6;
  more.sum = 5;
  more.positive_spans = {{0, 2}, {2, 1}};
  more.positive_buckets = {1, 3, 2};
  EXPECT_EQ(Encode({one, more}).hex,
            "000200744a48c9fc0003179fcad00132004000000000000275f83a999b587e3790");
}

TEST(PrometheusChunkTest, FloatHistograms) {
  std::vector<FloatHistogram> histograms;
  for (int i = 0; i < 3; ++i) {
    FloatHistogram h;
    h.schema = -2;
    h.zero_count = 0.5;
    h.count = 10.25 + i;
    h.sum = -3 + i / 3.0;
    h.positive_spans = {{2, 1}, {3, 1}};
    h.positive_buckets = {1.5, 2.25 * i};
    h.negative_spans = {{0, 1}};
    h.negative_buckets = {1.0 * i};
    histograms.push_back(h);
  }
  histograms.push_back(Stale());
  const Chunk chunk = Encode(histograms);
  EXPECT_EQ(chunk.encoding, ChunkEncoding::kFloatHistogram);
  EXPECT_EQ(
      chunk.hex,
      "00040000b4a328ce317f0000c5e7f2b40020124000000000001ff000000000000060040000000000001ffc00"
      "0000000000000000000000000000000000000000007c1d4cee06d9a6aaaaaaaaaaaab09d000e22bff96c0fa7"
      "fffffffffffe4004612fffcb0a100a3889ffe002ffcaaaaaaaaaaaa4");
}

TEST(PrometheusChunkTest, Gauges) {
  std::vector<FloatHistogram> histograms;
  for (const double count : {1.5, 0.5}) {
    FloatHistogram h = Simple(count);
    h.counter_reset_hint = CounterResetHint::kGauge;
    h.sum = 2 * count;
    h.positive_spans = {{0, 1}};
    histograms.push_back(h);
  }
  histograms[0].sum = 3;
  histograms[1].sum = 1;
  EXPECT_EQ(
      Encode(histograms).hex,
      "0002c0004627f0000c5e7f2b4001ffc000000000000000000000000000020040000000000001ffc000000000"
      "0007c1d4ceb0b6133fff5858");
}

TEST(PrometheusChunkTest, ChunksEndWhereReadersWouldBeMisled) {
  FloatHistogram other_schema = Simple();
  other_schema.schema = 1;
  FloatHistogram other_threshold = Simple();
  other_threshold.zero_threshold = 0.5;
  FloatHistogram gauge = Simple();
  gauge.counter_reset_hint = CounterResetHint::kGauge;
  FloatHistogram other_bucket = Simple();
  other_bucket.positive_spans = {{2, 1}};
  FloatHistogram custom = Simple();
  custom.schema = FloatHistogram::kCustomBucketsSchema;
  custom.custom_values = {1, 2};
  FloatHistogram other_bounds = custom;
  other_bounds.custom_values = {1, 3};
  const struct {
    const char* name;
    FloatHistogram first;
    FloatHistogram second;
    size_t chunks;
  } kCases[] = {
      {"the same", Simple(), Simple(), 1},
      {"more", Simple(), Simple(4), 1},
      {"a reset", Simple(), Simple(2), 2},
      {"a bucket that vanished", Simple(), other_bucket, 2},
      {"another schema", other_schema, Simple(), 2},
      {"another threshold", Simple(), other_threshold, 2},
      {"no whole numbers any more", Simple(), Simple(3.5), 2},
      {"a gauge now", Simple(), gauge, 2},
      {"no gauge any more", gauge, Simple(), 2},
      {"other bounds", custom, other_bounds, 2},
      {"the end", Simple(3.5), Stale(), 1},
      {"a new beginning", Stale(), Simple(), 2},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Written().Histograms({kT, kT + 1}, {c.first, c.second}).Finish().size(), c.chunks);
  }
}

TEST(PrometheusChunkTest, ChunksHoldOneTypeAndAtMost120Samples) {
  const std::vector<double> ones(250, 1);
  const std::vector<FloatHistogram> histograms(121, Simple());
  const std::vector<int64_t> t = Times(500);
  const std::vector<Chunk> chunks = Written()
                                        .Floats({t.begin(), t.begin() + 250}, ones)
                                        .Histograms({t.begin() + 250, t.begin() + 371}, histograms)
                                        .Floats({t[371]}, {1})
                                        .Finish();
  std::vector<int> samples;
  for (const Chunk& chunk : chunks) samples.push_back(chunk.samples());
  EXPECT_EQ(samples, (std::vector<int>{120, 120, 10, 120, 1, 1}));
  EXPECT_EQ(chunks[1].min_time, t[120]);
  EXPECT_EQ(chunks[1].max_time, t[239]);
  EXPECT_EQ(chunks[3].encoding, ChunkEncoding::kHistogram);
  EXPECT_EQ(chunks[5].encoding, ChunkEncoding::kXor);
}

}  // namespace
}  // namespace tidemark::server
