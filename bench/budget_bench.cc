// What a cardinality budget costs, on and off: new series, samples of known ones,
// and a storm of series that it refuses.  CPU time counts all threads.
//
//   build/release/budget_bench
//
// The argument: 0 no budget, 1 a budget far from its bounds, with 200 rules for
// metrics and 20 for labels; Storm: 1 a budget that is spent.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "server/admission/budget.h"
#include "tsdb/storage.h"

namespace tidemark::server {
namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;
constexpr int64_t kScrapeMs = 15'000;
constexpr size_t kPerRequest = 2000;

std::string ManyRules() {
  std::string yaml = "default:\n  series: { soft: 90000000, hard: 100000000, reserve: 1000 }\n";
  yaml += "  metrics:\n";
  for (int i = 0; i < 200; ++i) {
    yaml += fmt::format("    - {{ pattern: \"gateway_.*_{}_total\", hard: 100000000 }}\n", i);
  }
  yaml += "  labels:\n";
  for (int i = 0; i < 20; ++i) {
    yaml += fmt::format("    - {{ name: series, metrics: \".*_{}_total\", hard: 9000000 }}\n", i);
  }
  return yaml;
}

tsdb::Labels SeriesLabels(size_t i) {
  return tsdb::Labels::Must(
      {{tsdb::kMetricName, "gateway_requests_" + std::to_string(i % 50) + "_total"},
       {"client_tier", i % 3 == 0 ? "gold" : "silver"},
       {"cluster", "prod-eu-1"},
       {"endpoint", "/v1/payments/authorise/" + std::to_string(i % 20)},
       {"instance", "10.20.30." + std::to_string(i / 500 % 250) + ":9100"},
       {"job", "payments-gateway"},
       {"series", std::to_string(i)},
       {"status", "2xx"}});
}

std::vector<tsdb::Labels> ManyLabels(size_t n) {
  std::vector<tsdb::Labels> out;
  for (size_t i = 0; i < n; ++i) out.push_back(SeriesLabels(i));
  return out;
}

class Database {
 public:
  explicit Database(std::string_view budgets) {
    std::string pattern = std::filesystem::temp_directory_path() / "budget_bench_XXXXXX";
    options_.path = mkdtemp(pattern.data());
    options_.min_free_disk = 0;
    options_.raw_retention_ms = 0;
    options_.fsync = tsdb::FsyncMode::kInterval;
    if (!budgets.empty()) {
      options_.series_gate = std::make_shared<Budget>(*ParseBudgets(budgets, "bench"));
    }
    storage_ = *tsdb::Storage::Open(options_, metrics_);
  }
  ~Database() {
    storage_.reset();
    std::filesystem::remove_all(options_.path);
  }

  // One sample at `t` for each of a request's series, from the first on.
  void Send(const std::vector<tsdb::Labels>& labels, size_t first, int64_t t) {
    const auto app = storage_->NewAppender("default");
    for (size_t i = first; i < first + kPerRequest; ++i) {
      app->Append(*app->GetSeries(labels[i]), {t, static_cast<double>(i)}).IgnoreError();
    }
    if (!app->Commit().ok()) std::abort();
  }
  void SendAll(const std::vector<tsdb::Labels>& labels, int64_t t) {
    for (size_t i = 0; i < labels.size(); i += kPerRequest) Send(labels, i, t);
  }

 private:
  Metrics metrics_;
  tsdb::StorageOptions options_;
  std::unique_ptr<tsdb::Storage> storage_;
};

void NewSeries(benchmark::State& state) {
  const std::vector<tsdb::Labels> labels = ManyLabels(200'000);
  for (auto _ : state) {
    Database database(state.range(0) == 0 ? std::string() : ManyRules());
    database.SendAll(labels, kStartMs);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(labels.size()));
}
BENCHMARK(NewSeries)->Arg(0)->Arg(1)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void KnownSeries(benchmark::State& state) {
  const std::vector<tsdb::Labels> labels = ManyLabels(100'000);
  Database database(state.range(0) == 0 ? std::string() : ManyRules());
  int64_t t = kStartMs;
  database.SendAll(labels, t);
  for (auto _ : state) database.SendAll(labels, t += kScrapeMs);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(labels.size()));
}
BENCHMARK(KnownSeries)->Arg(0)->Arg(1)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

// The same new series in a database that takes them, and in one whose budget is spent.
void Storm(benchmark::State& state) {
  const std::vector<tsdb::Labels> labels = ManyLabels(200'000);
  for (auto _ : state) {
    Database database(state.range(0) == 0 ? "" : "default: { series: { hard: 1000 } }");
    database.SendAll(labels, kStartMs);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(labels.size()));
}
BENCHMARK(Storm)->Arg(0)->Arg(1)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidemark::server
