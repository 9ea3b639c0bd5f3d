#include "tsdb/chunk/encoded_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/histogram_chunk.h"

namespace tidemark::tsdb {
namespace {

using testing::HasSubstr;

std::string Floats(int64_t first, int64_t step, int n, uint64_t sequence = 1) {
  FloatChunk chunk;
  for (int i = 0; i < n; ++i) chunk.Append(first + i * step, static_cast<double>(i));
  std::string out;
  AppendRun(out, chunk.view(), {chunk.min_t(), chunk.max_t(), sequence});
  return out;
}

std::string Histograms(int64_t first, int64_t step, int n) {
  HistogramChunk chunk;
  FloatHistogram h;
  for (int i = 0; i < n; ++i) {
    h.count = i;
    chunk.Append(first + i * step, h);
  }
  std::string out;
  AppendRun(out, chunk.view(), {chunk.min_t(), chunk.max_t(), 7});
  return out;
}

std::vector<int64_t> Times(RunListIterator& it) {
  std::vector<int64_t> times;
  while (it.Next()) times.insert(times.end(), it.run().t.begin(), it.run().t.end());
  return times;
}

TEST(EncodedRunTest, HeaderComesBack) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const RunInfo cases[] = {
      {0, 0, 0}, {-5, 12, 99}, {kMin, kMax, std::numeric_limits<uint64_t>::max(), 0x80}};
  for (const RunInfo& info : cases) {
    std::string bytes;
    AppendRun(bytes, {Codec::kXorFloat, 3, "chunk"}, info);
    std::string_view in = bytes;
    const auto run = ReadRun(in);
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_TRUE(in.empty());
    EXPECT_EQ(run->info.min_t, info.min_t);
    EXPECT_EQ(run->info.max_t, info.max_t);
    EXPECT_EQ(run->info.sequence, info.sequence);
    EXPECT_EQ(run->info.flags, info.flags);
    EXPECT_EQ(run->chunk.codec, Codec::kXorFloat);
    EXPECT_EQ(run->chunk.count, 3u);
    EXPECT_EQ(run->chunk.bytes, "chunk");
    EXPECT_EQ(run->bytes, bytes);
  }
}

// The first half of the samples began at -7.
std::string WithStarts(int64_t first, int64_t step, int n) {
  const std::string plain = Floats(first, step, n);
  std::string_view in = plain;
  const auto run = ReadRun(in);
  StartWriter starts;
  for (int i = 0; i < n / 2; ++i) starts.Add(static_cast<uint32_t>(i), first + i * step, -7);
  std::string out;
  AppendRun(out, run->chunk, run->info, starts.Finish());
  return out;
}

class EncodedRunDamageTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(, EncodedRunDamageTest, testing::Bool());

TEST_P(EncodedRunDamageTest, EveryCutAndEveryFlippedBitShows) {
  const std::string good = GetParam() ? WithStarts(1000, 10, 20) : Floats(1000, 10, 20);
  for (size_t n = 0; n < good.size(); ++n) {
    const std::string cut = good.substr(0, n);
    std::string_view in = cut;
    EXPECT_EQ(ReadRun(in).status().code(), StatusCode::kDataLoss) << n;
    EXPECT_EQ(in.size(), n);
  }
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] ^= static_cast<char>(1 << bit % 8);
    std::string_view in = bad;
    EXPECT_EQ(ReadRun(in).status().code(), StatusCode::kDataLoss) << bit;
  }
}

TEST(EncodedRunTest, WhatALaterVersionWroteIsNamed) {
  std::string later = Floats(0, 1, 1);
  later[0] = 3;
  std::string_view in = later;
  EXPECT_THAT(std::string(MessageOf(ReadRun(in).status())), HasSubstr("version 3"));
  std::string codec;
  AppendRun(codec, {static_cast<Codec>(77), 1, "x"}, {});
  in = codec;
  EXPECT_THAT(std::string(MessageOf(ReadRun(in).status())), HasSubstr("codec 77"));
}

TEST(RunListIteratorTest, RunsOfBothTypes) {
  RunListIterator it(Floats(0, 10, 200) + Histograms(5000, 10, 40) + Floats(9000, 1, 3));
  const std::vector<int64_t> times = Times(it);
  EXPECT_TRUE(it.status().ok());
  ASSERT_EQ(times.size(), 243u);
  EXPECT_EQ(times[199], 1990);
  EXPECT_EQ(times[200], 5000);
  EXPECT_EQ(times[242], 9002);
  EXPECT_FALSE(it.Next());
}

TEST(RunListIteratorTest, StartsAreThereForWhoAsks) {
  const std::string list = WithStarts(0, 10, 300) + Floats(5000, 10, 100);
  RunListIterator plain(list);
  while (plain.Next()) EXPECT_TRUE(plain.run().start.empty());
  EXPECT_TRUE(plain.status().ok());
  for (const int64_t from : {-1, 0, 700, 1300, 1490, 1500, 2985, 5005}) {
    SCOPED_TRACE(from);
    RunListIterator it(list, true);
    ASSERT_TRUE(it.Seek(from));
    do {
      const SampleRun& run = it.run();
      EXPECT_EQ(run.start.size(), run.t[0] < 5000 ? run.size() : 0);
      for (size_t i = 0; i < run.start.size(); ++i)
        EXPECT_EQ(run.start[i], run.t[i] < 1500 ? -7 : 0);
    } while (it.Next());
    EXPECT_TRUE(it.status().ok());
  }
}

TEST(RunListIteratorTest, DamagedStartsAreNotSkippedOver) {
  std::string_view in;
  const std::string plain = Floats(0, 10, 20);
  in = plain;
  const auto run = ReadRun(in);
  std::string damaged;
  AppendRun(damaged, run->chunk, run->info, "\x07");
  RunListIterator it(damaged, true);
  EXPECT_FALSE(it.Next());
  EXPECT_THAT(std::string(MessageOf(it.status())), HasSubstr("starts"));
  RunListIterator samples(damaged);
  EXPECT_EQ(Times(samples).size(), 20u);
  EXPECT_TRUE(samples.status().ok());
}

TEST(RunListIteratorTest, CutsAreNoSamples) {
  std::string cut;
  AppendCut(cut, {0, 1'000'000}, 3);
  std::string_view in = cut;
  const auto run = ReadRun(in);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->chunk.codec, Codec::kCut);
  EXPECT_EQ(run->info.min_t, 1);
  EXPECT_EQ(run->info.max_t, 1'000'000);
  EXPECT_EQ(run->info.sequence, 3u);
  RunListIterator only(cut);
  EXPECT_FALSE(only.Next());
  EXPECT_TRUE(only.status().ok());
  RunListIterator it(cut + Floats(0, 10, 200));
  EXPECT_EQ(Times(it).size(), 200u);
  EXPECT_TRUE(it.status().ok()) << it.status();
}

TEST(RunListIteratorTest, EmptyList) {
  RunListIterator it("");
  EXPECT_FALSE(it.Seek(0));
  EXPECT_FALSE(it.Next());
  EXPECT_TRUE(it.status().ok());
}

TEST(RunListIteratorTest, Seek) {
  const std::string list = Floats(0, 10, 300) + Histograms(5000, 10, 40);
  for (const int64_t t : {-100, 0, 5, 10, 1279, 1280, 2990, 2991, 5000, 5001, 5389, 5390}) {
    SCOPED_TRACE(t);
    RunListIterator it(list);
    ASSERT_TRUE(it.Seek(t));
    const int64_t want = t <= 0      ? 0
                         : t <= 2990 ? (t + 9) / 10 * 10
                         : t <= 5000 ? 5000
                                     : (t + 9) / 10 * 10;
    EXPECT_EQ(it.run().t[0], want);
    EXPECT_EQ(it.run().is_float(), want < 5000);
    EXPECT_EQ(it.run().size(), it.run().is_float() ? it.run().v.size() : it.run().h.size());
    if (it.run().is_float()) {
      EXPECT_EQ(it.run().v[0], static_cast<double>(want) / 10);
    }
  }
  RunListIterator it(list);
  EXPECT_FALSE(it.Seek(5391));
  EXPECT_TRUE(it.status().ok());
}

TEST(RunListIteratorTest, SeekGoesForwardOnly) {
  RunListIterator it(Floats(0, 10, 300) + Floats(5000, 10, 10));
  ASSERT_TRUE(it.Next());
  ASSERT_TRUE(it.Seek(500));
  EXPECT_EQ(it.run().t[0], 500);
  ASSERT_TRUE(it.Seek(0));
  EXPECT_EQ(it.run().t[0], 500);
  ASSERT_TRUE(it.Seek(2000));
  EXPECT_EQ(it.run().t[0], 2000);
  ASSERT_TRUE(it.Next());
  EXPECT_GT(it.run().t[0], 2000);
  ASSERT_TRUE(it.Seek(4000));
  EXPECT_EQ(it.run().t[0], 5000);
  EXPECT_FALSE(it.Next());
}

TEST(RunListIteratorTest, HandsOutWhatIsGoodThenReports) {
  const std::string good = Floats(0, 10, 20);
  std::string opaque;
  AppendRun(opaque, {Codec::kOpaque, 0, "??"}, {});
  const struct {
    const char* name;
    std::string tail;
    const char* message;
  } cases[] = {
      {"cut", Floats(1000, 10, 20).substr(0, 30), "at byte"},
      {"opaque", opaque, "opaque"},
      {"overlap", Floats(190, 10, 2), "begins at 190, the one before it ends at 190"},
      {"garbage", "\xff\xff\xff", "version 255"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    RunListIterator it(good + c.tail);
    EXPECT_EQ(Times(it).size(), 20u);
    EXPECT_EQ(it.status().code(), StatusCode::kDataLoss);
    EXPECT_THAT(std::string(MessageOf(it.status())), HasSubstr(c.message));
    EXPECT_FALSE(it.Next());
    EXPECT_FALSE(it.Seek(0));
  }
}

}  // namespace
}  // namespace tidemark::tsdb
