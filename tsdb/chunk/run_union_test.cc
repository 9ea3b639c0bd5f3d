#include "tsdb/chunk/run_union.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
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

// The plain model: the value at each time, floats by bits, histograms by count,
// and the start.
struct Value {
  bool is_float;
  uint64_t bits;
  int64_t start = 0;
  bool operator==(const Value&) const = default;
};
using Model = std::map<int64_t, Value>;

std::string Encode(const Model& samples, uint64_t sequence = 1) {
  std::string out;
  for (auto it = samples.begin(); it != samples.end();) {
    FloatChunk floats;
    HistogramChunk histograms;
    StartWriter starts;
    const bool is_float = it->second.is_float;
    for (uint32_t i = 0; it != samples.end() && it->second.is_float == is_float; ++it, ++i) {
      if (it->second.start != 0) starts.Add(i, it->first, it->second.start);
      FloatHistogram h;
      h.count = static_cast<double>(it->second.bits);
      if (is_float) {
        floats.Append(it->first, std::bit_cast<double>(it->second.bits));
      } else {
        histograms.Append(it->first, h);
      }
    }
    if (is_float) {
      AppendRun(out, floats.view(), {floats.min_t(), floats.max_t(), sequence}, starts.Finish());
    } else {
      AppendRun(out, histograms.view(), {histograms.min_t(), histograms.max_t(), sequence},
                starts.Finish());
    }
  }
  return out;
}

Model Decode(std::string list, StatusCode code = StatusCode::kOk) {
  Model samples;
  RunListIterator it(std::move(list), true);
  while (it.Next()) {
    const SampleRun& run = it.run();
    for (size_t i = 0; i < run.size(); ++i) {
      samples[run.t[i]] = {run.is_float(),
                           run.is_float() ? std::bit_cast<uint64_t>(run.v[i])
                                          : static_cast<uint64_t>(run.h[i].count),
                           run.start.empty() ? 0 : run.start[i]};
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
  const std::string early = Union({Encode(Series(0, 10, 1200, 1))});
  const std::string late = Union({Encode(Series(50000, 10, 1200, 2))});
  EXPECT_EQ(Union({late, early}), early + late);
  EXPECT_EQ(Union({early, late, early}), early + late);
}

TEST(RunUnionTest, SmallRunsGrowTogetherAndLargeOnesAreCut) {
  std::vector<std::string> lists;
  Model all;
  for (int i = 0; i < 210; ++i) {
    const Model piece = Series(i * 1000, 50, 20, static_cast<uint64_t>(i));
    lists.push_back(Encode(piece));
    all.insert(piece.begin(), piece.end());
  }
  const std::string grown = Union(lists);
  EXPECT_EQ(Decode(grown), all);
  EXPECT_EQ(CountRuns(grown), 3u);  // of up to 102 pieces each, 2040 samples
  const std::string cut = Union({Encode(all), Encode(Series(1, 50, 1, 9))});
  EXPECT_EQ(CountRuns(cut), 3u);  // of up to 2048 samples each
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

// Piece by piece, as seals write them, or at once: the same bytes.
TEST(RunUnionTest, ASealedRunIsExtendedByWhatFollows) {
  Model all;
  std::string list;
  for (int piece = 0; piece < 60; ++piece) {
    Model more;
    for (int i = 0; i < 16; ++i) {
      const int n = piece * 16 + i;
      const Value value{true, std::bit_cast<uint64_t>(static_cast<double>(n * n % 1013))};
      more[n * 15'000] = all[n * 15'000] = value;
    }
    UnionStats stats;
    list = Union({list, Encode(more)}, &stats);
    EXPECT_EQ(stats.samples, all.size());
  }
  EXPECT_EQ(Decode(list), all);
  EXPECT_EQ(list, Union({Encode(all)}));
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

std::string Cut(int64_t after, int64_t until, uint64_t sequence = 1) {
  std::string out;
  AppendCut(out, {after, until}, sequence);
  return out;
}

// Samples by policy: what was written last, or first, at a time stays.
std::string WithFlags(const Model& samples, uint8_t flags) {
  const std::string list = Encode(samples);
  std::string out;
  for (std::string_view in = list; !in.empty();) {
    const auto run = ReadRun(in);
    RunInfo info = run->info;
    info.flags = flags;
    AppendRun(out, run->chunk, info, run->starts);
  }
  return out;
}

TEST(RunUnionTest, TheLastValueWinsWhereItsRunSaysSo) {
  const Model a = Series(0, 10, 5, 1);
  const Model b = Series(20, 10, 5, 2, false);
  const std::string last = WithFlags(b, kLastWins);
  EXPECT_EQ(Decode(Union({Encode(a), last})), UnionOf({b, a}));
  // What won keeps its flag: it is not replaced by one that does not insist.
  const std::string both = Union({Encode(a), last, Encode(Series(0, 10, 7, 3))});
  EXPECT_EQ(Decode(both), UnionOf({b, a}));
  std::vector<int> flags;
  for (std::string_view in = both; !in.empty();) flags.push_back(ReadRun(in)->info.flags);
  EXPECT_EQ(flags, (std::vector<int>{0, kLastWins}));
  EXPECT_EQ(Decode(Union({both, WithFlags(a, kLastWins)})), UnionOf({a, b}));
}

TEST(RunUnionTest, ARunThatComesAgainCountsWhereItStands) {
  const std::string a = WithFlags(Series(0, 10, 5, 1), kLastWins);
  const std::string b = WithFlags(Series(20, 10, 5, 2), kLastWins);
  EXPECT_EQ(Decode(Union({a, b, a})), UnionOf({Series(0, 10, 5, 1), Series(20, 10, 5, 2)}));
  const std::string c = Encode(Series(0, 10, 5, 1));
  const std::string d = Encode(Series(0, 10, 5, 2));
  Model half = Series(0, 10, 2, 2);
  half.merge(Series(20, 10, 3, 1));
  EXPECT_EQ(Decode(Union({c, Cut(-1, 10), d, c})), half);
}

TEST(RunUnionTest, ACutRemovesWhatIsOlder) {
  const std::string old = Encode(Series(0, 10, 100, 1));
  const std::string late = Encode(Series(205, 10, 2, 2));
  UnionStats stats;
  const std::vector<std::string> lists = {old, Cut(200, 400), late, Encode(Series(2000, 10, 5, 3))};
  const std::string all = Union(lists, &stats);
  EXPECT_EQ(stats.cut, 20u);
  EXPECT_EQ(stats.samples, 87u);
  Model want = Series(0, 10, 21, 1);
  want.merge(Series(205, 10, 2, 2));
  want.merge(Series(410, 10, 59, 1));
  want.merge(Series(2000, 10, 5, 3));
  EXPECT_EQ(Decode(all), want);
  const std::vector<std::string_view> views(lists.begin(), lists.end());
  EXPECT_EQ(UnionAllRuns(views), all.substr(Cut(200, 400).size()));
}

TEST(RunUnionTest, CutsAreJoinedAtTheFront) {
  const std::string runs = Encode(Series(0, 10, 5, 1));
  EXPECT_EQ(Union({Cut(100, 200, 3), Cut(50, 60), Cut(200, 300, 9), Cut(120, 130)}),
            Cut(50, 60) + Cut(100, 300, 9));
  EXPECT_EQ(Union({Encode(Series(0, 10, 5, 1)), Cut(-1, 40)}), Cut(-1, 40));
  EXPECT_EQ(Union({Cut(5, 5) + Cut(6, 5)}), "");
  const std::string extreme =
      Cut(std::numeric_limits<int64_t>::min(), 0) + Cut(0, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(CountRuns(Union({extreme})), 1u);
  EXPECT_FALSE(IsPlainRunList(extreme));
  const std::string cut_only = Cut(-1, 40);
  const std::string_view gone[] = {runs, cut_only};
  EXPECT_EQ(UnionAllRuns(gone), "");
}

TEST(RunUnionTest, AStartGoesWithItsSample) {
  Model early = Series(0, 10, 30, 1);
  Model late = Series(200, 10, 30, 2);
  for (auto& [t, value] : early) value.start = t < 100 ? -500 : 0;
  for (auto& [t, value] : late) value.start = 50;
  EXPECT_EQ(Decode(Union({Encode(early), Encode(late)})), UnionOf({early, late}));
  EXPECT_EQ(Decode(Union({Encode(early), WithFlags(late, kLastWins)})), UnionOf({late, early}));
  // Where the older sample has none, it stays without.
  const std::string bare = Encode(Series(200, 10, 30, 2));
  EXPECT_EQ(Decode(Union({bare, Encode(late)})), Series(200, 10, 30, 2));
  // A cut takes both; what is written again has its own.
  EXPECT_EQ(Decode(Union({Encode(late), Cut(0, 1000), bare})), Series(200, 10, 30, 2));
  EXPECT_EQ(Decode(Union({bare, Cut(0, 1000), Encode(late)})), late);
  // Starts that are damaged are kept beside the samples.
  FloatChunk chunk;
  chunk.Append(5, 1);
  std::string damaged;
  AppendRun(damaged, chunk.view(), {5, 5, 1}, "\x07");
  UnionStats stats;
  const std::string all = Union({damaged, bare}, &stats);
  EXPECT_EQ(stats.samples, 31u);
  EXPECT_EQ(stats.opaque, 1u);
  EXPECT_NE(all.find(damaged), std::string::npos);
}

TEST(RunUnionTest, PlainListsAreTold) {
  const std::string early = Encode(Series(0, 10, 5, 1));
  const std::string late = Encode(Series(100, 10, 5, 1));
  std::string opaque;
  AppendRun(opaque, {Codec::kOpaque, 0, "??"}, {});
  const struct {
    std::string list;
    bool plain;
  } cases[] = {
      {"", true},
      {early, true},
      {early + late, true},
      {early + late + opaque, true},
      {late + early, false},
      {early + early, false},
      {opaque + early, false},
      {Cut(0, 10) + early, false},
      {early + Cut(0, 10), false},
      {early + "?", false},
  };
  for (const auto& c : cases) EXPECT_EQ(IsPlainRunList(c.list), c.plain) << c.list.size();
}

// What one operand holds, and what it does to a model in which each value has
// the flags that it was written with.
struct Operand {
  std::string list;
  std::vector<std::pair<CutInterval, std::pair<Model, uint8_t>>> steps;  // a cut, then samples
};
using FlaggedModel = std::map<int64_t, std::pair<Value, uint8_t>>;

Model RandomSamples(std::mt19937_64& random) {
  Model model;
  int64_t t = static_cast<int64_t>(random() % 3000) - 1000;
  bool is_float = true;
  if (random() % 3 == 0) {  // enough for a sealed run, which the next of them may extend
    t = static_cast<int64_t>(random() % 4) * 1200 - 1000;
    for (size_t n = 130 + random() % 160; n > 0; --n) {
      model[t += 4] = {true, std::bit_cast<uint64_t>(static_cast<double>(random() % 1000))};
    }
    return model;
  }
  for (size_t n = random() % 150; n > 0; --n) {
    t += 1 + static_cast<int64_t>(random() % 20);
    if (random() % 30 == 0) is_float = !is_float;
    model[t] = {is_float, random() % 1000};
  }
  if (random() % 2 == 0) {
    for (auto& [time, value] : model) value.start = time / 500 * 500 - 1000;
  }
  return model;
}

Operand RandomOperand(std::mt19937_64& random) {
  Operand operand;
  for (size_t n = 1 + random() % 2; n > 0; --n) {
    CutInterval cut;
    if (random() % 3 == 0) {
      cut.after = static_cast<int64_t>(random() % 4000) - 1000;
      cut.until = cut.after + static_cast<int64_t>(random() % (random() % 4 == 0 ? 4000 : 200));
    }
    const Model samples = random() % 5 == 0 ? Model() : RandomSamples(random);
    const uint8_t flags = random() % 3 == 0 ? kLastWins : 0;
    AppendCut(operand.list, cut, random() % 100);
    operand.list += WithFlags(samples, flags);
    operand.steps.push_back({cut, {samples, flags}});
  }
  return operand;
}

void Apply(const Operand& operand, FlaggedModel& model) {
  for (const auto& [cut, written] : operand.steps) {
    model.erase(model.upper_bound(cut.after), model.upper_bound(std::max(cut.after, cut.until)));
    for (const auto& [t, value] : written.first) {
      if ((written.second & kLastWins) != 0) model.erase(t);
      model.insert({t, {value, written.second}});
    }
  }
}

Model ModelOf(const std::vector<Operand>& operands) {
  FlaggedModel flagged;
  for (const Operand& operand : operands) Apply(operand, flagged);
  Model model;
  for (const auto& [t, value] : flagged) model[t] = value.first;
  return model;
}

std::string UnionAll(const std::vector<std::string>& lists) {
  const std::vector<std::string_view> views(lists.begin(), lists.end());
  std::string all = UnionAllRuns(views);
  EXPECT_TRUE(IsPlainRunList(all));
  return all;
}

// Unites neighbours in a random order until few are left.
void Bracket(std::vector<std::string>& lists, std::mt19937_64& random) {
  for (size_t n = random() % lists.size(); n > 0; --n) {
    const size_t i = random() % (lists.size() - 1);
    lists[i] = Union({lists[i], lists[i + 1]});
    lists.erase(lists.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

TEST(RunUnionTest, AnyBracketingAndAnyRepeatedEndEqualTheModel) {
  std::mt19937_64 random(61);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    std::vector<Operand> operands;
    std::vector<std::string> lists;
    for (size_t n = 1 + random() % 6; n > 0; --n) {
      operands.push_back(RandomOperand(random));
      lists.push_back(operands.back().list);
    }
    const Model want = ModelOf(operands);
    ASSERT_EQ(Decode(UnionAll(lists)), want);
    // A replay: the end of the operands once more, each time from anywhere on.
    const size_t written = lists.size();
    for (size_t n = random() % 3; n > 0; --n) {
      for (size_t i = random() % written; i < written; ++i) lists.push_back(operands[i].list);
    }
    // An older value may have been merged in full already.
    const size_t merged = random() % lists.size();
    if (merged > 0) {
      const auto end = lists.begin() + static_cast<std::ptrdiff_t>(merged);
      const std::string value = UnionAll({lists.begin(), end});
      lists.erase(lists.begin(), end);
      lists.insert(lists.begin(), value);
    }
    Bracket(lists, random);
    ASSERT_EQ(Decode(UnionAll(lists)), want);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
