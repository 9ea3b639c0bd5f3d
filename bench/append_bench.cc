// What a commit costs: requests of many series with one sample each, as a
// scraping sender makes them.  CPU time counts all threads, seals included.
//
//   build/release/append_bench --benchmark_filter=InOrder
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tsdb/storage.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;
constexpr int64_t kScrapeMs = 15'000;

// Ten labels, some 200 bytes: what a payments gateway exposes.
Labels SeriesLabels(size_t i) {
  return Labels::Must({{kMetricName, "gateway_requests_" + std::to_string(i % 50) + "_total"},
                       {"client_tier", i % 3 == 0 ? "gold" : "silver"},
                       {"cluster", "prod-eu-1"},
                       {"endpoint", "/v1/payments/authorise/" + std::to_string(i % 20)},
                       {"env", "production"},
                       {"instance", "10.20.30." + std::to_string(i / 500 % 250) + ":9100"},
                       {"job", "payments-gateway"},
                       {"region", "eu-central-1"},
                       {"series", std::to_string(i)},
                       {"status", "2xx"}});
}

class Database {
 public:
  explicit Database(FsyncMode fsync) {
    std::string pattern = std::filesystem::temp_directory_path() / "append_bench_XXXXXX";
    options_.path = mkdtemp(pattern.data());
    options_.raw_retention_ms = 0;
    options_.min_free_disk = 0;
    options_.fsync = fsync;
    storage_ = *Storage::Open(options_, metrics_);
  }
  ~Database() {
    storage_.reset();
    std::filesystem::remove_all(options_.path);
  }
  Storage& storage() { return *storage_; }

 private:
  Metrics metrics_;
  StorageOptions options_;
  std::unique_ptr<Storage> storage_;
};

// One sample at `t` for each of `n` series from `first` on.
void SendRequest(Storage& storage, const std::vector<Labels>& labels, size_t first, size_t n,
                 int64_t t) {
  const auto app = storage.NewAppender("default");
  for (size_t i = first; i < first + n; ++i) {
    const SeriesRef series = *app->GetSeries(labels[i]);
    app->Append(series, {t, static_cast<double>(t / 1000 + static_cast<int64_t>(i))}).IgnoreError();
  }
  if (!app->Commit().ok()) std::abort();
}

void InOrder(benchmark::State& state, FsyncMode fsync) {
  const auto n_series = static_cast<size_t>(state.range(0));
  const auto per_request = static_cast<size_t>(state.range(1));
  std::vector<Labels> labels;
  for (size_t i = 0; i < n_series; ++i) labels.push_back(SeriesLabels(i));
  Database database(fsync);
  int64_t t = kStartMs;
  for (size_t i = 0; i < n_series; i += per_request) {
    SendRequest(database.storage(), labels, i, per_request, t);
  }
  size_t at = 0;
  for (auto _ : state) {
    if (at == 0) t += kScrapeMs;
    SendRequest(database.storage(), labels, at, per_request, t);
    at = (at + per_request) % n_series;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(per_request));
}

BENCHMARK_CAPTURE(InOrder, interval, FsyncMode::kInterval)
    ->Args({2000, 2000})
    ->Args({100'000, 2000})
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(InOrder, always, FsyncMode::kAlways)
    ->Args({100'000, 2000})
    ->MeasureProcessCPUTime();

// The same samples again: what a sender repeats after a timeout.
void Duplicates(benchmark::State& state) {
  constexpr size_t kSeries = 2000;
  std::vector<Labels> labels;
  for (size_t i = 0; i < kSeries; ++i) labels.push_back(SeriesLabels(i));
  Database database(FsyncMode::kInterval);
  for (auto _ : state) SendRequest(database.storage(), labels, 0, kSeries, kStartMs);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSeries));
}
BENCHMARK(Duplicates)->MeasureProcessCPUTime();

// Appends, and seals and compacts at the end: all the work there is.
void InOrderSealed(benchmark::State& state) {
  constexpr size_t kSeries = 20'000;
  constexpr int kScrapes = 240;  // an hour
  std::vector<Labels> labels;
  for (size_t i = 0; i < kSeries; ++i) labels.push_back(SeriesLabels(i));
  for (auto _ : state) {
    Database database(FsyncMode::kInterval);
    for (int scrape = 0; scrape < kScrapes; ++scrape) {
      for (size_t i = 0; i < kSeries; i += 2000) {
        SendRequest(database.storage(), labels, i, 2000, kStartMs + scrape * kScrapeMs);
      }
    }
    if (!database.storage().Flush().ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSeries) * kScrapes);
}
BENCHMARK(InOrderSealed)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace tidemark::tsdb
