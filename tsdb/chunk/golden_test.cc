// Bytes that released versions wrote, in tests/golden/chunks: every version
// reads all of them.  A version that writes other bytes adds files, and never
// changes one.  No longer written: mixed_list_v1, whose floats were not sealed, and
// what scaled chunks and histogram columns replaced: mixed_list_v2 and v3, cut_list_v1,
// column_decimal_run_v1, column_xor_run_v1.
//
//   TIDEMARK_WRITE_GOLDEN=<folder> tsdb_test --gtest_filter='Golden*'
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/chunk/column_chunk.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/histogram_chunk.h"
#include "tsdb/chunk/run_union.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStart = 1'700'000'000'000;

std::string Run(const FloatChunk& chunk, uint64_t sequence) {
  std::string out;
  AppendRun(out, chunk.view(), {chunk.min_t(), chunk.max_t(), sequence});
  return out;
}

std::string Run(const HistogramChunk& chunk, uint64_t sequence) {
  std::string out;
  AppendRun(out, chunk.view(), {chunk.min_t(), chunk.max_t(), sequence});
  return out;
}

// A step of every class of times, and values of every form.
std::vector<Sample> Floats() {
  std::vector<Sample> samples = {{kStart, 1}};
  const auto add = [&](int64_t delta, double v) {
    samples.push_back({samples.back().t + delta, v});
  };
  for (const int64_t delta : {15000, 15000, 15003, 20000, 400000, 2'000'000'000}) add(delta, 1);
  add(int64_t{1} << 50, 2);
  for (const double v : {2.5, 2.75, -0.0, 0.1, 1e300, kStaleNaN}) add(15000, v);
  add(15000, std::numeric_limits<double>::infinity());
  return samples;
}

std::vector<HistogramSample> Histograms() {
  std::vector<HistogramSample> samples;
  const auto add = [&](const FloatHistogram& h) {
    samples.push_back({kStart + std::ssize(samples) * 15000, h});
  };
  FloatHistogram h;
  h.schema = 3;
  h.zero_threshold = 0.001;
  h.zero_count = 1;
  h.count = 7;
  h.sum = 12.5;
  h.positive_spans = {{-2, 2}, {3, 1}};
  h.positive_buckets = {1, 2, 1};
  h.negative_spans = {{0, 1}};
  h.negative_buckets = {2};
  add(h);
  h.counter_reset_hint = CounterResetHint::kGauge;
  h.count = 300;
  h.positive_buckets[1] = 295;
  h.sum = 700.25;
  add(h);
  FloatHistogram stale;
  stale.sum = kStaleNaN;
  add(stale);
  h.positive_buckets[0] = 0.5;
  add(h);
  FloatHistogram custom;
  custom.schema = FloatHistogram::kCustomBucketsSchema;
  custom.count = 3;
  custom.sum = 2;
  custom.custom_values = {0.1, 1};
  custom.positive_spans = {{0, 3}};
  custom.positive_buckets = {1, 1, 1};
  add(custom);
  return samples;
}

std::string FloatRun() {
  FloatChunk chunk;
  for (const Sample& sample : Floats()) chunk.Append(sample.t, sample.v);
  return Run(chunk, 1);
}

std::string HistogramRun() {
  HistogramChunk chunk;
  for (const HistogramSample& sample : Histograms()) chunk.Append(sample.t, sample.h);
  return Run(chunk, 300);
}

std::string SealedHistogramRun() {
  const std::string list = HistogramRun();
  const std::string_view view = list;
  return UnionRuns(std::span(&view, 1));
}

// Both types, and a piece that cannot be read.
std::string MixedList() {
  FloatChunk early, late;
  for (int i = 0; i < 3; ++i) early.Append(kStart - 60000 + i * 15000, i);
  late.Append(kStart + 3'600'000, 3);
  const std::string lists[] = {Run(late, 9), HistogramRun(), Run(early, 8), "not a run"};
  const std::vector<std::string_view> views(std::begin(lists), std::end(lists));
  return UnionRuns(views);
}

// Cuts that were joined, a run of each policy, as a merge in part leaves them.
std::string CutList() {
  FloatChunk first, last;
  for (int i = 0; i < 4; ++i) first.Append(kStart + i * 15000, i);
  for (int i = 0; i < 3; ++i) last.Append(kStart + 30000 + i * 15000, i + 10);
  std::string cut;
  AppendCut(cut, {kStart - 60000, kStart - 30000}, 3);
  AppendCut(cut, {kStart - 30000, kStart}, 4);
  std::string newer;
  AppendRun(newer, last.view(), {last.min_t(), last.max_t(), 6, kLastWins});
  const std::string lists[] = {cut, Run(first, 5), newer};
  const std::vector<std::string_view> views(std::begin(lists), std::end(lists));
  return UnionRuns(views);
}

// A counter that began once, was restarted, and then is not known to have been.
std::string StartRun() {
  FloatChunk chunk;
  StartWriter starts;
  for (uint32_t i = 0; i < 8; ++i) {
    const int64_t t = kStart + i * 15000;
    chunk.Append(t, i);
    if (i < 6) starts.Add(i, t, i < 3 ? kStart - 3'600'000 : kStart + 40000);
  }
  starts.Add(7, kStart + 105000, kStart + 90000);
  std::string out;
  AppendRun(out, chunk.view(), {chunk.min_t(), chunk.max_t(), 2}, starts.Finish());
  return out;
}

// 100 samples a minute apart, with a little jitter and a gap.
std::vector<Sample> Sealed(double (*value)(int)) {
  std::vector<Sample> samples;
  int64_t t = kStart;
  for (int i = 0; i < 100; ++i) {
    samples.push_back({t + i % 7 % 3, value(i)});
    t += i == 40 ? 180000 : 60000;
  }
  return samples;
}

std::vector<Sample> Constants() {
  return Sealed([](int) { return 0.1 + 0.2; });
}

std::vector<Sample> Decimals() {
  return Sealed([](int i) {
    if (i == 30) return kStaleNaN;
    return i == 31 ? -0.0 : (100000 + i * 250 + i * 37 % 64) / 100.0;
  });
}

std::vector<Sample> Fractions() {
  return Sealed([](int i) { return 1.0 / (i + 3); });
}

// No scale serves all of them.
std::vector<Sample> Magnitudes() {
  return Sealed([](int i) { return (i % 2 == 0 ? 1e200 : 1e-200) / (i + 3); });
}

std::string SealedRun(const std::vector<Sample>& samples) {
  std::vector<int64_t> times;
  std::vector<double> values;
  for (const Sample& sample : samples) {
    times.push_back(sample.t);
    values.push_back(sample.v);
  }
  std::string out;
  AppendRun(out, SealFloats(times, values).view(), {times.front(), times.back(), 7});
  return out;
}

struct Golden {
  const char* name;
  std::string (*write)();
};

constexpr Golden kFiles[] = {
    {"float_run_v1", FloatRun},
    {"histogram_run_v1", HistogramRun},
    {"histogram_columns_run_v1", SealedHistogramRun},
    {"mixed_list_v4", MixedList},
    {"cut_list_v2", CutList},
    {"start_run_v2", StartRun},
    {"column_constant_run_v1", [] { return SealedRun(Constants()); }},
    {"column_scaled_run_v1", [] { return SealedRun(Decimals()); }},
    {"column_xor_run_v2", [] { return SealedRun(Magnitudes()); }},
};

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string ReadGolden(const std::string& name) {
  return Read(std::string(TIDEMARK_GOLDEN_DIR) + "/" + name);
}

TEST(GoldenTest, TheseBytesAreStillWritten) {
  const char* folder = std::getenv("TIDEMARK_WRITE_GOLDEN");
  for (const Golden& golden : kFiles) {
    if (folder != nullptr) {
      std::ofstream(std::string(folder) + "/" + golden.name, std::ios::binary) << golden.write();
    }
    EXPECT_TRUE(golden.write() == ReadGolden(golden.name)) << golden.name;
  }
}

TEST(GoldenTest, FloatRunsAreRead) {
  const struct {
    const char* name;
    Codec codec;
    std::vector<Sample> samples;
  } cases[] = {
      {"float_run_v1", Codec::kXorFloat, Floats()},
      {"column_constant_run_v1", Codec::kColumnConstant, Constants()},
      {"column_decimal_run_v1", Codec::kColumnDecimal, Decimals()},
      {"column_xor_run_v1", Codec::kColumnXor, Fractions()},
      {"column_xor_run_v2", Codec::kColumnXor, Magnitudes()},
      {"column_scaled_run_v1", Codec::kColumnScaled, Decimals()},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string bytes = ReadGolden(c.name);
    std::string_view in = bytes;
    const StatusOr<EncodedRun> run = ReadRun(in);
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_EQ(run->chunk.codec, c.codec);
    RunListIterator it(bytes);
    size_t i = 0;
    while (it.Next()) {
      for (size_t k = 0; k < it.run().size(); ++k, ++i) {
        ASSERT_LT(i, c.samples.size());
        EXPECT_TRUE(SameSample({it.run().t[k], it.run().v[k]}, c.samples[i])) << i;
      }
    }
    EXPECT_EQ(i, c.samples.size());
    EXPECT_TRUE(it.status().ok()) << it.status();
  }
}

class HistogramRunTest : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Golden, HistogramRunTest,
                         testing::Values("histogram_run_v1", "histogram_columns_run_v1"));

TEST_P(HistogramRunTest, IsRead) {
  RunListIterator it(ReadGolden(GetParam()));
  const std::vector<HistogramSample> want = Histograms();
  size_t n = 0;
  while (it.Next()) {
    const SampleRun& run = it.run();
    for (size_t i = 0; i < run.size(); ++i, ++n) {
      SCOPED_TRACE(n);
      ASSERT_LT(n, want.size());
      EXPECT_EQ(run.t[i], want[n].t);
      EXPECT_TRUE(run.h[i].Equals(want[n].h)) << run.h[i].ToString();
      EXPECT_EQ(run.h[i].counter_reset_hint, want[n].h.counter_reset_hint);
      EXPECT_EQ(run.h[i].custom_values, want[n].h.custom_values);
    }
  }
  EXPECT_EQ(n, want.size());
  EXPECT_TRUE(it.status().ok()) << it.status();
}

class CutListTest : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Golden, CutListTest, testing::Values("cut_list_v1", "cut_list_v2"));

TEST_P(CutListTest, IsRead) {
  const std::string bytes = ReadGolden(GetParam());
  std::string_view in = bytes;
  const StatusOr<EncodedRun> cut = ReadRun(in);
  ASSERT_TRUE(cut.ok()) << cut.status();
  EXPECT_EQ(cut->chunk.codec, Codec::kCut);
  EXPECT_EQ(cut->info.min_t, kStart - 59999);
  EXPECT_EQ(cut->info.max_t, kStart);
  std::vector<double> values;
  RunListIterator it(bytes);
  while (it.Next()) values.insert(values.end(), it.run().v.begin(), it.run().v.end());
  EXPECT_TRUE(it.status().ok()) << it.status();
  EXPECT_EQ(values, (std::vector<double>{0, 1, 10, 11, 12}));
}

TEST(GoldenTest, StartRunV2IsRead) {
  RunListIterator it(ReadGolden("start_run_v2"), true);
  ASSERT_TRUE(it.Next());
  std::vector<int64_t> starts(it.run().start.begin(), it.run().start.end());
  for (int64_t& start : starts) start -= start == 0 ? 0 : kStart;
  EXPECT_EQ(starts, (std::vector<int64_t>{-3'600'000, -3'600'000, -3'600'000, 40000, 40000, 40000,
                                          0, 90000}));
  EXPECT_FALSE(it.Next());
  EXPECT_TRUE(it.status().ok()) << it.status();
}

TEST(GoldenTest, MixedListsAreRead) {
  const std::vector<std::pair<int64_t, bool>> want = {
      {-60000, true}, {-45000, true}, {-30000, true}, {0, false},     {15000, false},
      {30000, false}, {45000, false}, {60000, false}, {3600000, true}};
  for (const char* name : {"mixed_list_v1", "mixed_list_v2", "mixed_list_v3", "mixed_list_v4"}) {
    SCOPED_TRACE(name);
    RunListIterator it(ReadGolden(name));
    std::vector<std::pair<int64_t, bool>> got;
    while (it.Next()) {
      for (const int64_t t : it.run().t) got.emplace_back(t - kStart, it.run().is_float());
    }
    EXPECT_EQ(got, want);
    EXPECT_EQ(it.status().code(), StatusCode::kDataLoss) << "the piece that cannot be read";
  }
}

}  // namespace
}  // namespace tidemark::tsdb
