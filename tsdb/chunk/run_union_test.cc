#include "tsdb/chunk/run_union.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <random>
#include <utility>
#include <variant>
#include <vector>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/histogram_chunk.h"

namespace tidemark::tsdb {
namespace {

// The plain model: the value at each time, floats by bits, histograms by count.
using Value = std::pair<bool, uint64_t>;
using Model = std::map<int64_t, Value>;

std::string Encode(const Model& samples, uint64_t sequence = 1) {
  std::string out;
  for (auto it = samples.begin(); it != samples.end();) {
    FloatChunk floats;
    HistogramChunk histograms;
    const bool is_float = it->second.first;
    for (; it != samples.end() && it->second.first == is_float; ++it) {
      FloatHistogram h;
      h.count = static_cast<double>(it->second.second);
      if (is_float) {
        floats.Append(it->first, std::bit_cast<double>(it->second.second));
      } else {
        histograms.Append(it->first, h);
      }
    }
    if (is_float) {
      AppendRun(out, floats.view(), {floats.min_t(), floats.max_t(), sequence});
    } else {
      AppendRun(out, histograms.view(), {histograms.min_t(), histograms.max_t(), sequence});
    }
  }
  return out;
}

Model Decode(std::string list, StatusCode code = StatusCode::kOk) {
  Model samples;
  RunListIterator it(std::move(list));
  while (it.Next()) {
    const SampleRun& run = it.run();
    for (size_t i = 0; i < run.size(); ++i) {
      samples[run.t[i]] = run.is_float() ? Value(true, std::bit_cast<uint64_t>(run.v[i]))
                                         : Value(false, static_cast<uint64_t>(run.h[i].count));
    }
  }
  EXPECT_EQ(it.status().code(), code) << it.status();
  return samples;
}

std::string Union(const std::vector<std::string>& lists, UnionStats* stats = nullptr) {
  const std::vector<std::string_view> views(lists.begin(), lists.end());
  return UnionRuns(views, stats);
}

Model UnionOf(const std::vector<Model>& lists) {
  Model all;
  for (const Model& list : lists) all.insert(list.begin(), list.end());
  return all;
}

size_t CountRuns(std::string_view list) {
  size_t runs = 0;
  for (; !list.empty(); ++runs) EXPECT_TRUE(ReadRun(list).ok());
  return runs;
}

Model Series(int64_t first, int64_t step, int n, uint64_t value, bool is_float = true) {
  Model samples;
  for (int i = 0; i < n; ++i) samples[first + i * step] = {is_float, value};
  return samples;
}

TEST(RunUnionTest, TheFirstValueWins) {
  const Model a = Series(0, 10, 5, 1);
  const Model b = Series(5, 5, 10, 2, false);
  UnionStats stats;
  const std::string both = Union({Encode(a), Encode(b)}, &stats);
  EXPECT_EQ(Decode(both), UnionOf({a, b}));
  EXPECT_EQ(stats.samples, 11u);
  EXPECT_EQ(stats.duplicates, 4u);
  EXPECT_EQ(stats.opaque, 0u);
  EXPECT_EQ(Decode(Union({Encode(b), Encode(a)})), UnionOf({b, a}));
}

TEST(RunUnionTest, NothingIsNothing) {
  EXPECT_EQ(UnionRuns({}), "");
  EXPECT_EQ(Union({"", ""}), "");
  const std::string one = Union({Encode(Series(0, 1, 200, 1))});
  EXPECT_EQ(Union({"", one}), one);
}

TEST(RunUnionTest, LargeRunsApartAreCopiedInTheOrderOfTime) {
  const std::string early = Union({Encode(Series(0, 10, 600, 1))});
  const std::string late = Union({Encode(Series(50000, 10, 600, 2))});
  EXPECT_EQ(Union({late, early}), early + late);
  EXPECT_EQ(Union({early, late, early}), early + late);
}

TEST(RunUnionTest, SmallRunsGrowTogetherAndLargeOnesAreCut) {
  std::vector<std::string> lists;
  Model all;
  for (int i = 0; i < 110; ++i) {
    const Model piece = Series(i * 1000, 50, 20, static_cast<uint64_t>(i));
    lists.push_back(Encode(piece));
    all.insert(piece.begin(), piece.end());
  }
  const std::string grown = Union(lists);
  EXPECT_EQ(Decode(grown), all);
  EXPECT_EQ(CountRuns(grown), 3u);  // of up to 51 pieces each, 1020 samples
  const std::string cut = Union({Encode(all), Encode(Series(1, 50, 1, 9))});
  EXPECT_EQ(CountRuns(cut), 3u);  // of up to 1024 samples each
}

TEST(RunUnionTest, FloatsOfTheHeadAreSealed) {
  const Model samples = Series(0, 10, 900, 1);
  const std::string written = Encode(samples, 5);
  const std::string sealed = Union({written});
  EXPECT_LT(sealed.size(), written.size() / 2);
  std::string_view in = sealed;
  const auto run = ReadRun(in);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->chunk.codec, Codec::kColumnConstant);
  EXPECT_EQ(run->info.sequence, 5u);
  EXPECT_TRUE(in.empty());
  EXPECT_EQ(Decode(sealed), samples);
}

TEST(RunUnionTest, TheLastSequenceStays) {
  const std::string both = Union({Encode(Series(0, 2, 5, 1), 40), Encode(Series(1, 2, 5, 1), 30)});
  std::string_view in = both;
  const auto run = ReadRun(in);
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->info.sequence, 40u);
  EXPECT_EQ(run->chunk.count, 10u);
}

TEST(RunUnionTest, UnreadableBytesAreCarriedAlongOnce) {
  const Model good = Series(0, 10, 30, 1);
  std::string damaged = Encode(Series(100, 10, 30, 2));
  damaged[damaged.size() - 1] ^= 1;
  const std::string garbage = "\x7fwhat is this";
  UnionStats stats;
  std::string all = Union({damaged, Encode(good) + garbage, damaged}, &stats);
  EXPECT_EQ(stats.opaque, 2u);
  EXPECT_EQ(stats.samples, 30u);
  EXPECT_EQ(Decode(all, StatusCode::kDataLoss), good);
  EXPECT_NE(all.find(damaged), std::string::npos);
  EXPECT_NE(all.find(garbage), std::string::npos);
  // Again, and with more: no piece is wrapped twice.
  const std::string again = Union({all, garbage, Encode(Series(300, 10, 300, 3)), all}, &stats);
  EXPECT_EQ(stats.opaque, 2u);
  EXPECT_EQ(Decode(again, StatusCode::kDataLoss), UnionOf({good, Series(300, 10, 300, 3)}));
}

// Its checksum holds, but not what is in it: what can be read takes part, and
// the whole is kept.
TEST(RunUnionTest, ARunThatCannotBeDecodedToItsEnd) {
  FloatChunk chunk;
  for (int i = 0; i < 40; ++i) chunk.Append(i * 10, i);
  ChunkView cut = chunk.view();
  cut.bytes = cut.bytes.substr(0, cut.bytes.size() / 2);
  std::string damaged;
  AppendRun(damaged, cut, {chunk.min_t(), chunk.max_t(), 1});
  UnionStats stats;
  const std::string both = Union({damaged, Encode(Series(5, 10, 3, 1))}, &stats);
  EXPECT_EQ(stats.opaque, 1u);
  EXPECT_GT(stats.samples, 10u);
  EXPECT_NE(both.find(damaged), std::string::npos);
}

TEST(RunUnionTest, AssociativeAndIdempotent) {
  std::mt19937_64 random(61);
  for (int round = 0; round < 300; ++round) {
    std::vector<Model> models(1 + random() % 5);
    std::vector<std::string> lists;
    for (Model& model : models) {
      int64_t t = static_cast<int64_t>(random() % 3000) - 1000;
      const size_t n = random() % 150;
      bool is_float = true;
      for (size_t i = 0; i < n; ++i) {
        t += 1 + static_cast<int64_t>(random() % 20);
        if (random() % 30 == 0) is_float = !is_float;
        model[t] = {is_float, random() % 1000};
      }
      lists.push_back(Encode(model, random() % 100));
    }
    const Model want = UnionOf(models);
    const std::string at_once = Union(lists);
    ASSERT_EQ(Decode(at_once), want);
    ASSERT_EQ(Decode(Union({at_once, lists[random() % lists.size()]})), want);
    ASSERT_EQ(Decode(Union({at_once, at_once})), want);
    // Unite neighbours in a random order.
    while (lists.size() > 1) {
      const size_t i = random() % (lists.size() - 1);
      lists[i] = Union({lists[i], lists[i + 1]});
      lists.erase(lists.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    ASSERT_EQ(Decode(lists[0]), want);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
