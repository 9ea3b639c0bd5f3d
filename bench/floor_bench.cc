// What a receiver of remote write must do at the least: decompress the body, read
// its protobuf, hash the labels of each series, look the series up and keep the
// newest sample.  No HTTP, no journal, no chunk: docs/performance.md compares the
// server with it.
#include <absl/container/flat_hash_map.h>
#include <benchmark/benchmark.h>
#include <snappy.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "proto/remote.pb.h"
#include "proto/remote_write.h"
#include "proto/snappy.h"
#include "tsdb/index/label_hash.h"

namespace tidemark {
namespace {

constexpr int kSeriesInRequest = 2000;
constexpr int kBuckets = 52;
constexpr size_t kMostBytes = 64 << 20;

void AddLabels(int series, proto::TimeSeries& out) {
  const std::string names[] = {"__name__", "cluster",   "endpoint", "instance",
                               "job",      "namespace", "pod",      "region"};
  for (const std::string& name : names) {
    proto::Label* label = out.add_labels();
    label->set_name(name);
    const bool own = name == "instance" || name == "pod";
    label->set_value(own ? "10.40.0.1:" + std::to_string(series) : "some-value-of-" + name);
  }
}

void AddHistogram(int series, proto::TimeSeries& out) {
  proto::Histogram* h = out.add_histograms();
  h->set_schema(3);
  h->set_sum(series + 0.25);
  h->set_timestamp(1'700'000'000'000);
  proto::BucketSpan* span = h->add_positive_spans();
  span->set_offset(-20);
  span->set_length(kBuckets);
  for (int i = 0; i < kBuckets; ++i) {
    const int64_t rise = 40 + (series * 31 + i * 97) % 50;
    h->add_positive_deltas(i < kBuckets / 2 ? rise : -40);
  }
  h->set_count_int(static_cast<uint64_t>(series));
}

// Compressed requests with one sample of each series.
std::vector<std::string> Requests(int series, bool histograms) {
  std::vector<std::string> out;
  for (int first = 0; first < series; first += kSeriesInRequest) {
    proto::WriteRequest request;
    for (int i = first; i < first + kSeriesInRequest; ++i) {
      proto::TimeSeries* one = request.add_timeseries();
      AddLabels(i, *one);
      if (histograms) {
        AddHistogram(i, *one);
      } else {
        proto::Sample* sample = one->add_samples();
        sample->set_value(i);
        sample->set_timestamp(1'700'000'000'000);
      }
    }
    const std::string body = request.SerializeAsString();
    snappy::Compress(body.data(), body.size(), &out.emplace_back());
  }
  return out;
}

struct Newest {
  int64_t t = 0;
  double v = 0;
};

// A histogram's newest value is what its buckets add up to: each is read once.
Newest NewestOf(const proto::SeriesView& series) {
  if (series.histograms.empty()) return {series.samples.back().t, series.samples.back().value};
  const proto::HistogramView& h = series.histograms.back();
  const auto& deltas = h.positive_deltas;
  return {h.t, static_cast<double>(std::accumulate(deltas.begin(), deltas.end(), int64_t{0}))};
}

void BM_Floor(benchmark::State& state) {
  const bool histograms = state.range(0) == 1;
  const auto requests = Requests(static_cast<int>(state.range(1)), histograms);
  const tsdb::LabelHash salt = tsdb::TenantSalt("default");
  absl::flat_hash_map<tsdb::LabelHash, Newest> table;
  std::string body;
  for (auto _ : state) {
    for (const std::string& request : requests) {
      if (!proto::SnappyDecode(request, kMostBytes, body).ok()) state.SkipWithError("snappy");
      proto::WriteRequestReader reader(body, proto::LabelMode::kRaw);
      while (reader.Next() == proto::WriteRequestReader::Item::kSeries) {
        const proto::SeriesView& series = reader.series();
        table[tsdb::HashEncodedLabels(series.raw_labels, salt)] = NewestOf(series);
      }
      if (!reader.status().ok()) state.SkipWithError("protobuf");
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
}
BENCHMARK(BM_Floor)->ArgNames({"histograms", "series"})->Args({0, 100000})->Args({1, 6000});

}  // namespace
}  // namespace tidemark
