// Chunks: what appending, reading and uniting cost per sample, and how many
// bytes a sample takes.
#include <benchmark/benchmark.h>

#include <bit>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/chunk/column_chunk.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/histogram_chunk.h"
#include "tsdb/chunk/run_union.h"

using namespace tidemark::tsdb;

namespace {

constexpr int kSamples = 120;
constexpr int64_t kStart = 1'700'000'000'000;

// 0: a counter of whole numbers, 1: a gauge of hundredths, 2: noise.
double Value(int kind, std::mt19937_64& random, double before) {
  if (kind == 0) return before + static_cast<double>(random() % 50);
  if (kind == 1) return static_cast<double>(random() % 10000) / 100;
  return std::bit_cast<double>((random() >> 12) | 0x3ff0000000000000);
}

FloatChunk Floats(int kind, int64_t start = kStart) {
  std::mt19937_64 random(1);
  FloatChunk chunk;
  double v = 0;
  for (int i = 0; i < kSamples; ++i) {
    v = Value(kind, random, v);
    chunk.Append(start + i * 15000 + static_cast<int64_t>(random() % 3), v);
  }
  return chunk;
}

FloatHistogram Latency(int buckets) {
  FloatHistogram h;
  h.schema = 3;
  h.positive_spans = {{-10, static_cast<uint32_t>(buckets)}};
  h.positive_buckets.resize(static_cast<size_t>(buckets));
  return h;
}

void Observe(FloatHistogram& h, std::mt19937_64& random) {
  for (double& bucket : h.positive_buckets) {
    const auto more = static_cast<double>(random() % 20);
    bucket += more;
    h.count += more;
    h.sum += more * 0.013;
  }
}

HistogramChunk Histograms(int buckets, int64_t start = kStart) {
  std::mt19937_64 random(1);
  HistogramChunk chunk;
  FloatHistogram h = Latency(buckets);
  for (int i = 0; i < kSamples; ++i) {
    Observe(h, random);
    chunk.Append(start + i * 15000, h);
  }
  return chunk;
}

void Report(benchmark::State& state, size_t bytes) {
  state.SetItemsProcessed(state.iterations() * kSamples);
  state.counters["bytes/sample"] = static_cast<double>(bytes) / kSamples;
}

void BM_AppendFloats(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<double> values;
  for (int i = 0; i < kSamples; ++i) {
    values.push_back(Value(static_cast<int>(state.range(0)), random, i == 0 ? 0 : values.back()));
  }
  FloatChunk chunk;
  for (auto _ : state) {
    chunk.Clear();
    for (int i = 0; i < kSamples; ++i) {
      chunk.Append(kStart + i * 15000, values[static_cast<size_t>(i)]);
    }
  }
  Report(state, chunk.bytes().size());
}
BENCHMARK(BM_AppendFloats)->Arg(0)->Arg(1)->Arg(2);

void BM_DecodeFloats(benchmark::State& state) {
  const FloatChunk chunk = Floats(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto decoder = NewChunkDecoder(chunk.view());
    while (decoder->Next()) benchmark::DoNotOptimize(decoder->run().v.data());
  }
  Report(state, chunk.bytes().size());
}
BENCHMARK(BM_DecodeFloats)->Arg(0)->Arg(1)->Arg(2);

void BM_AppendHistograms(benchmark::State& state) {
  std::mt19937_64 random(1);
  FloatHistogram h = Latency(static_cast<int>(state.range(0)));
  HistogramChunk chunk;
  int64_t t = kStart;
  for (auto _ : state) {
    if (chunk.count() == kSamples) chunk.Clear();
    h.positive_buckets[0] += 1;
    h.count += 1;
    chunk.Append(t += 15000, h);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_AppendHistograms)->Arg(16)->Arg(64);

void BM_DecodeHistograms(benchmark::State& state) {
  const HistogramChunk chunk = Histograms(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const auto decoder = NewChunkDecoder(chunk.view());
    while (decoder->Next()) benchmark::DoNotOptimize(decoder->run().h.data());
  }
  Report(state, chunk.bytes().size());
}
BENCHMARK(BM_DecodeHistograms)->Arg(16)->Arg(64);

std::string OpenRun(const HistogramChunk& chunk) {
  std::string list;
  AppendRun(list, chunk.view(), {chunk.min_t(), chunk.max_t(), 1});
  return list;
}

// From what the head wrote to what a block keeps.
void BM_SealHistograms(benchmark::State& state) {
  const std::string open = OpenRun(Histograms(static_cast<int>(state.range(0))));
  const std::string_view list = open;
  size_t bytes = 0;
  for (auto _ : state) bytes = UnionRuns({&list, 1}).size();
  Report(state, bytes);
}
BENCHMARK(BM_SealHistograms)->Arg(16)->Arg(64);

void BM_DecodeSealedHistograms(benchmark::State& state) {
  const std::string open = OpenRun(Histograms(static_cast<int>(state.range(0))));
  const std::string_view list = open;
  const std::string sealed = UnionRuns({&list, 1});
  for (auto _ : state) {
    RunListIterator it(sealed);
    while (it.Next()) benchmark::DoNotOptimize(it.run().h.data());
  }
  Report(state, sealed.size());
}
BENCHMARK(BM_DecodeSealedHistograms)->Arg(16)->Arg(64);

// Two sealed runs: 0: one after the other; 1: the same times.
void BM_UnionSealedHistograms(benchmark::State& state) {
  std::string lists[2];
  for (int i = 0; i < 2; ++i) {
    const int64_t start = state.range(0) == 0 ? kStart + i * kSamples * 15000 : kStart + i;
    const std::string open = OpenRun(Histograms(64, start));
    const std::string_view list = open;
    lists[i] = UnionRuns({&list, 1});
  }
  const std::string_view views[] = {lists[0], lists[1]};
  size_t bytes = 0;
  for (auto _ : state) bytes = UnionRuns(views).size();
  state.SetItemsProcessed(state.iterations() * 2 * kSamples);
  state.counters["bytes/sample"] = static_cast<double>(bytes) / (2 * kSamples);
}
BENCHMARK(BM_UnionSealedHistograms)->Arg(0)->Arg(1);

// What a block of four hours, or its open chunk, is sealed to.
// 0: a counter of whole numbers, a minute apart; 1: with jitter of some
// milliseconds; 2: money with two decimals; 3: noise; 4: always the same.
constexpr int kSealedSamples = 240;

struct Columns {
  std::vector<int64_t> times;
  std::vector<double> values;
};

Columns ToSeal(int kind) {
  std::mt19937_64 random(1);
  Columns columns;
  double v = 1e6;
  for (int i = 0; i < kSealedSamples; ++i) {
    const auto jitter = kind == 1 ? static_cast<int64_t>(random() % 10) : 0;
    columns.times.push_back(kStart + i * 60000 + jitter);
    if (kind <= 1) v = Value(0, random, v);
    if (kind == 2) v = Value(1, random, v);
    if (kind == 3) v = Value(2, random, v);
    columns.values.push_back(v);
  }
  return columns;
}

void ReportSealed(benchmark::State& state, size_t bytes) {
  state.SetItemsProcessed(state.iterations() * kSealedSamples);
  state.counters["bytes/sample"] = static_cast<double>(bytes) / kSealedSamples;
}

FloatChunk Unsealed(const Columns& columns) {
  FloatChunk chunk;
  for (size_t i = 0; i < columns.times.size(); ++i) {
    chunk.Append(columns.times[i], columns.values[i]);
  }
  return chunk;
}

void Decode(const ChunkView& chunk) {
  const auto decoder = NewChunkDecoder(chunk);
  while (decoder->Next()) benchmark::DoNotOptimize(decoder->run().v.data());
}

void BM_Seal(benchmark::State& state) {
  const Columns columns = ToSeal(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(SealFloats(columns.times, columns.values).bytes.data());
  }
  ReportSealed(state, SealFloats(columns.times, columns.values).bytes.size());
}
BENCHMARK(BM_Seal)->DenseRange(0, 4);

void BM_EncodeUnsealed(benchmark::State& state) {
  const Columns columns = ToSeal(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Unsealed(columns).bytes().data());
  ReportSealed(state, Unsealed(columns).bytes().size());
}
BENCHMARK(BM_EncodeUnsealed)->DenseRange(0, 4);

void BM_DecodeSealed(benchmark::State& state) {
  const Columns columns = ToSeal(static_cast<int>(state.range(0)));
  const SealedFloats sealed = SealFloats(columns.times, columns.values);
  for (auto _ : state) Decode(sealed.view());
  ReportSealed(state, sealed.bytes.size());
}
BENCHMARK(BM_DecodeSealed)->DenseRange(0, 4);

void BM_DecodeUnsealed(benchmark::State& state) {
  const FloatChunk chunk = Unsealed(ToSeal(static_cast<int>(state.range(0))));
  for (auto _ : state) Decode(chunk.view());
  ReportSealed(state, chunk.bytes().size());
}
BENCHMARK(BM_DecodeUnsealed)->DenseRange(0, 4);

// A run list of one sealed run: its last five minutes.
void BM_SeekSealed(benchmark::State& state) {
  const Columns columns = ToSeal(static_cast<int>(state.range(0)));
  std::string list;
  AppendRun(list, SealFloats(columns.times, columns.values).view(),
            {columns.times.front(), columns.times.back(), 1});
  for (auto _ : state) {
    RunListIterator it(list);
    benchmark::DoNotOptimize(it.Seek(columns.times[kSealedSamples - 5]));
  }
}
BENCHMARK(BM_SeekSealed)->DenseRange(0, 4);

// Two runs of a series: 0: one after the other; 1: the same times.
void BM_Union(benchmark::State& state) {
  const bool overlap = state.range(0) == 1;
  std::string lists[2];
  for (int i = 0; i < 2; ++i) {
    const FloatChunk chunk = Floats(i, overlap ? kStart + i : kStart + i * kSamples * 15000);
    AppendRun(lists[i], chunk.view(), {chunk.min_t(), chunk.max_t(), 1});
  }
  const std::string_view views[] = {lists[0], lists[1]};
  for (auto _ : state) benchmark::DoNotOptimize(UnionRuns(views));
  state.SetItemsProcessed(state.iterations() * 2 * kSamples);
}
BENCHMARK(BM_Union)->Arg(0)->Arg(1);

// A sealed run of so many samples, and the 16 that follow it.
void BM_UnionWhatFollows(benchmark::State& state) {
  std::string lists[2];
  FloatChunk chunks[2];
  for (int64_t i = 0; i < state.range(0) + 16; ++i) {
    chunks[i < state.range(0) ? 0 : 1].Append(kStart + i * 15000, static_cast<double>(i * i % 97));
  }
  for (size_t i = 0; i < 2; ++i) {
    AppendRun(lists[i], chunks[i].view(), {chunks[i].min_t(), chunks[i].max_t(), 1});
  }
  const std::string_view sealed = lists[0];
  lists[0] = UnionRuns({&sealed, 1});
  const std::string_view views[] = {lists[0], lists[1]};
  for (auto _ : state) benchmark::DoNotOptimize(UnionRuns(views));
}
BENCHMARK(BM_UnionWhatFollows)->Arg(200)->Arg(1000)->Arg(1900);

void BM_AddHistograms(benchmark::State& state) {
  std::mt19937_64 random(1);
  FloatHistogram a = Latency(64);
  FloatHistogram b = Latency(64);
  Observe(b, random);
  if (state.range(0) == 1) b.positive_spans[0].offset = -9;
  for (auto _ : state) benchmark::DoNotOptimize(a.Add(b).ok());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_AddHistograms)->Arg(0)->Arg(1);

void BM_DetectReset(benchmark::State& state) {
  std::mt19937_64 random(1);
  FloatHistogram before = Latency(64);
  FloatHistogram now = Latency(64);
  Observe(now, random);
  if (state.range(0) == 1) before.positive_spans[0].offset = -9, now.positive_buckets[0] = 0;
  for (auto _ : state) benchmark::DoNotOptimize(now.DetectReset(before));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_DetectReset)->Arg(0)->Arg(1);

}  // namespace
