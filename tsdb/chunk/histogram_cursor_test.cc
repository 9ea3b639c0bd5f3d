#include "tsdb/chunk/histogram_cursor.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/chunk/histogram_chunk.h"
#include "tsdb/chunk/histogram_columns.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

FloatHistogram Make(std::mt19937_64& random, size_t buckets, bool fractions) {
  FloatHistogram h;
  h.schema = 3;
  h.positive_spans = {{-4, static_cast<uint32_t>(buckets)}};
  for (size_t i = 0; i < buckets; ++i) {
    h.positive_buckets.push_back(static_cast<double>(random() % 100) + (fractions ? 0.5 : 0));
    h.count += h.positive_buckets.back();
  }
  h.sum = static_cast<double>(random() % 1000) / 8;
  return h;
}

FloatHistogram Marker() {
  FloatHistogram h;
  h.sum = kStaleNaN;
  return h;
}

// Of several layouts and kinds, with stale markers in between.
std::vector<FloatHistogram> Mixed(uint64_t seed, size_t n) {
  std::mt19937_64 random(seed);
  std::vector<FloatHistogram> out;
  for (size_t i = 0; i < n; ++i) {
    out.push_back(random() % 9 == 0
                      ? Marker()
                      : Make(random, 3 + i / 40 + (random() % 20 == 0), random() % 15 == 0));
  }
  return out;
}

std::vector<FloatHistogram> Decoded(const ChunkView& chunk) {
  std::vector<FloatHistogram> out;
  const auto decoder = NewChunkDecoder(chunk);
  while (decoder->Next()) {
    out.insert(out.end(), decoder->run().h.begin(), decoder->run().h.end());
  }
  EXPECT_TRUE(decoder->status().ok());
  return out;
}

TEST(HistogramCursorTest, GivesWhatWasAppended) {
  FloatHistogram h;
  h.positive_spans = {{0, 2}};
  h.positive_buckets = {2, 3};
  h.count = 6;
  h.zero_count = 1;
  h.sum = 12.5;
  h.counter_reset_hint = CounterResetHint::kGauge;
  HistogramChunk chunk;
  chunk.Append(10, h);
  chunk.Append(20, Marker());
  HistogramCursor cursor(chunk.view());
  ASSERT_TRUE(cursor.Next());
  EXPECT_EQ(cursor.t(), 10);
  EXPECT_EQ(cursor.kind(), HistogramKind::kWhole);
  EXPECT_EQ(cursor.hint(), CounterResetHint::kGauge);
  EXPECT_EQ(cursor.sum(), 12.5);
  EXPECT_EQ(std::vector<uint64_t>(cursor.counts().begin(), cursor.counts().end()),
            (std::vector<uint64_t>{6, 1, 2, 3}));
  ASSERT_TRUE(cursor.Next());
  EXPECT_EQ(cursor.t(), 20);
  EXPECT_EQ(cursor.kind(), HistogramKind::kStale);
  EXPECT_FALSE(cursor.Next());
  EXPECT_TRUE(cursor.status().ok());
}

TEST(HistogramCursorTest, StopsWhereBytesEnd) {
  HistogramChunk chunk;
  for (const FloatHistogram& h : Mixed(1, 20)) chunk.Append(chunk.max_t() + 1, h);
  for (size_t n = 0; n < chunk.bytes().size(); ++n) {
    const ChunkView cut{Codec::kHistogram, chunk.count(),
                        std::string_view(chunk.bytes()).substr(0, n)};
    HistogramCursor cursor(cut);
    while (cursor.Next()) {
    }
    EXPECT_EQ(cursor.status().code(), StatusCode::kDataLoss) << n;
    EXPECT_FALSE(SealHistogramChunks({&cut, 1}).has_value()) << n;
  }
}

// The bytes of what is sealed are the same, whichever way it went.
TEST(SealHistogramChunksTest, EqualsSealingHistograms) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<FloatHistogram> histograms = Mixed(seed, 300);
    HistogramChunk chunks[2];
    std::vector<int64_t> times;
    std::vector<const FloatHistogram*> pointers;
    for (size_t i = 0; i < histograms.size(); ++i) {
      times.push_back(static_cast<int64_t>(1000 * i + seed * (i % 7)));
      pointers.push_back(&histograms[i]);
      chunks[i < 100 ? 0 : 1].Append(times.back(), histograms[i]);
    }
    const ChunkView views[] = {chunks[0].view(), chunks[1].view()};
    const std::optional<SealedHistograms> sealed = SealHistogramChunks(views);
    ASSERT_TRUE(sealed.has_value());
    EXPECT_EQ(sealed->count, 300u);
    EXPECT_EQ(sealed->min_t, times.front());
    EXPECT_EQ(sealed->max_t, times.back());
    EXPECT_EQ(sealed->bytes, SealHistograms(times, pointers).bytes);
    const std::vector<FloatHistogram> decoded = Decoded(sealed->view());
    ASSERT_EQ(decoded.size(), histograms.size());
    for (size_t i = 0; i < decoded.size(); ++i) EXPECT_TRUE(decoded[i].Equals(histograms[i])) << i;
  }
}

TEST(SealHistogramChunksTest, EachChunkHasItsLayout) {
  std::mt19937_64 random(1);
  HistogramChunk chunks[2];
  chunks[0].Append(1, Make(random, 3, false));
  chunks[1].Append(2, Make(random, 5, false));
  const ChunkView views[] = {chunks[0].view(), chunks[1].view()};
  const std::optional<SealedHistograms> sealed = SealHistogramChunks(views);
  ASSERT_TRUE(sealed.has_value());
  const std::vector<FloatHistogram> decoded = Decoded(sealed->view());
  ASSERT_EQ(decoded.size(), 2u);
  EXPECT_EQ(decoded[0].positive_buckets.size(), 3u);
  EXPECT_EQ(decoded[1].positive_buckets.size(), 5u);
}

TEST(SealHistogramChunksTest, LeavesToOthersWhatOverlaps) {
  HistogramChunk chunks[2];
  for (HistogramChunk& chunk : chunks) chunk.Append(5, Marker());
  const ChunkView views[] = {chunks[0].view(), chunks[1].view()};
  EXPECT_FALSE(SealHistogramChunks(views).has_value());
  EXPECT_FALSE(SealHistogramChunks({}).has_value());
}

}  // namespace
}  // namespace tidemark::tsdb
