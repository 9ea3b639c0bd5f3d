// What aggregates cost: made of a day of samples, written and read.
//
//   rollup_bench --benchmark_filter=...
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "tsdb/chunk/column_chunk.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/histogram_columns.h"
#include "tsdb/tier/day_aggs.h"
#include "tsdb/tier/tier_block.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kDayBegin = 1'767'225'600'000;
constexpr int64_t kDayMs = 86'400'000;

enum Kind { kCounter, kGauge, kHistogram };

struct Day {
  std::string block;
  size_t samples = 0;
};

Day FloatDay(int64_t step, bool counter) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise;
  std::vector<int64_t> times;
  std::vector<double> values;
  double v = 1000;
  for (int64_t t = kDayBegin + 17; t <= kDayBegin + kDayMs; t += step) {
    v = counter ? v + static_cast<double>(random() % 2000)
                : std::round((v + noise(random)) * 100) / 100;
    times.push_back(t);
    values.push_back(v);
  }
  Day day{"", times.size()};
  AppendRun(day.block, SealFloats(times, values).view(), {times.front(), times.back(), 1});
  return day;
}

Day HistogramDay(int64_t step) {
  std::mt19937_64 random(1);
  std::vector<int64_t> times;
  std::vector<FloatHistogram> histograms;
  FloatHistogram h;
  h.schema = 3;
  h.positive_spans = {{-20, 40}};
  h.positive_buckets.resize(40);
  for (int64_t t = kDayBegin + 17; t <= kDayBegin + kDayMs; t += step) {
    for (int i = 0; i < 60; ++i) {
      ++h.positive_buckets[(random() % 20) + (random() % 20)];
      ++h.count;
      h.sum += static_cast<double>(random() % 1000);
    }
    times.push_back(t);
    histograms.push_back(h);
  }
  std::vector<const FloatHistogram*> pointers;
  for (const FloatHistogram& one : histograms) pointers.push_back(&one);
  Day day{"", times.size()};
  AppendRun(day.block, SealHistograms(times, pointers).view(), {times.front(), times.back(), 1});
  return day;
}

Day DayOf(const benchmark::State& state) {
  const int64_t step = state.range(1) * 1000;
  return state.range(0) == kHistogram ? HistogramDay(step)
                                      : FloatDay(step, state.range(0) == kCounter);
}

void Arguments(benchmark::internal::Benchmark* b) {
  b->ArgNames({"kind", "step_s"});
  for (const int kind : {kCounter, kGauge, kHistogram}) {
    for (const int step : {15, 60}) b->Args({kind, step});
  }
}

// Decoding, aggregating and encoding; per sample.
void BM_Make(benchmark::State& state) {
  const Day day = DayOf(state);
  size_t bytes = 0;
  for (auto _ : state) {
    const DayAggs aggs = *MakeDayAggs(day.block);
    bytes = EncodeTierBlock(Tier::kHour, aggs.hours).size();
    benchmark::DoNotOptimize(bytes);
    benchmark::DoNotOptimize(EncodeTierBlock(Tier::kDay, {&*aggs.day, 1}).size());
  }
  state.SetItemsProcessed(static_cast<int64_t>(day.samples) * state.iterations());
  state.counters["bytes_per_hour"] = static_cast<double>(bytes) / 24;
}
BENCHMARK(BM_Make)->Apply(Arguments);

// 24 hours, in all or what increases need; per hour.
void BM_Read(benchmark::State& state, TierBlockReader::Part part) {
  const DayAggs aggs = *MakeDayAggs(DayOf(state).block);
  const std::string block = EncodeTierBlock(Tier::kHour, aggs.hours);
  TierBlockReader reader;
  Agg agg;
  for (auto _ : state) {
    if (!reader.Open(Tier::kHour, block, part).ok()) state.SkipWithError("a block is damaged");
    for (size_t i = 0; i < reader.size(); ++i) {
      reader.Read(i, agg);
      benchmark::DoNotOptimize(agg.floats.last.v);
    }
  }
  state.SetItemsProcessed(24 * state.iterations());
}
BENCHMARK_CAPTURE(BM_Read, all, TierBlockReader::Part::kAll)->Apply(Arguments);
BENCHMARK_CAPTURE(BM_Read, increase, TierBlockReader::Part::kIncrease)->Apply(Arguments);

}  // namespace
}  // namespace tidemark::tsdb
