// What it costs to add series up: requests of 2,000 series with a sample each, as they
// are (0), of one output for every 100 (1: counters, 2: gauges), or past a budget of
// 1,000 series that refuses them (3) or folds them (4).  Into a real storage that does
// not sync.  CPU time counts all threads.
//
//   build/release/aggregate_bench
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "proto/raw_labels.h"
#include "server/admission/budget.h"
#include "server/admission/schema_policy.h"
#include "server/aggregate/folds.h"
#include "server/ingest/intake.h"
#include "tsdb/storage.h"

namespace tidemark::server {
namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;
constexpr int64_t kScrapeMs = 15'000;
constexpr size_t kSeries = 100'000;
constexpr size_t kPerRequest = 2000;
constexpr size_t kInputsPerOutput = 100;

LabelSchema SchemaOf(int64_t mode) {
  std::string yaml = "rules: []";
  if (mode == 1) {
    yaml = "rules: [{metric: '.*', mode: aggregate, drop_labels: [user_id], counters: true}]";
  }
  if (mode == 2) {
    yaml =
        "rules: [{metric: '.*', mode: aggregate, drop_labels: [user_id], gauges: sum,"
        " counters: false}]";
  }
  return *LabelSchema::Parse(yaml, "bench");
}

std::vector<std::string_view> Labels(proto::ByteArena& arena) {
  std::vector<std::string_view> out;
  for (size_t i = 0; i < kSeries; ++i) {
    const std::string endpoint = "/v1/payments/" + std::to_string(i / kInputsPerOutput);
    const std::string user = std::to_string(i % kInputsPerOutput);
    const proto::LabelView labels[] = {{"__name__", "gateway_requests_total"},
                                       {"client_tier", "gold"},
                                       {"cluster", "prod-eu-1"},
                                       {"endpoint", endpoint},
                                       {"instance", "10.20.30.40:9100"},
                                       {"job", "payments-gateway"},
                                       {"status", "2xx"},
                                       {"user_id", user}};
    out.push_back(proto::WriteRawLabels(labels, arena));
  }
  return out;
}

class Bench {
 public:
  explicit Bench(int64_t mode) : raw_(Labels(arena_)), clock_(kStartMs) {
    std::string pattern = std::filesystem::temp_directory_path() / "aggregate_bench_XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    options_.path = pattern;
    options_.fsync = tsdb::FsyncMode::kInterval;
    options_.raw_retention_ms = 0;
    options_.clock = &clock_;
    if (mode >= 3) {
      const std::string on_limit = mode == 3 ? "reject" : "fold";
      budget_ = std::make_shared<Budget>(
          *ParseBudgets("default: {series: {hard: 1000}, on_limit: " + on_limit + "}", "bench"));
      options_.series_gate = budget_;
    }
    refuses_ = mode == 3;
    storage_ = *tsdb::Storage::Open(options_, metrics_);
    folds_ = std::make_shared<Folds>(AggregatorOptions(), metrics_, clock_);
    IntakeOptions intake;
    intake.clock = &clock_;
    intake.folds = folds_;
    if (mode == 4) {
      intake.overflow = [this](std::string_view tenant) { return budget_->Overflow(tenant); };
    }
    intake.policies = {std::make_shared<SchemaPolicy>(SchemaOf(mode))};
    intake_ = std::make_unique<Intake>(intake, metrics_);
  }
  ~Bench() {
    storage_.reset();
    std::filesystem::remove_all(options_.path);
  }

  // Everything once.
  void Scrape() {
    clock_.Advance(kScrapeMs);
    ++scrapes_;
    for (size_t first = 0; first < kSeries; first += kPerRequest) {
      const auto write = [this, first](BodyWriter& writer) {
        for (size_t i = first; i < first + kPerRequest; ++i) {
          series_.raw_labels = raw_[i];
          series_.samples = {{clock_.NowMs(), static_cast<double>(scrapes_ * (i % 50)), 0}};
          writer.AddSeries(series_);
        }
        return writer.status();
      };
      const auto outcome = intake_->Take("default", *storage_, write);
      if (!outcome.status.ok() || (outcome.refused > 0 && !refuses_)) std::abort();
    }
  }

 private:
  proto::ByteArena arena_;
  const std::vector<std::string_view> raw_;
  FakeClock clock_;
  Metrics metrics_;
  tsdb::StorageOptions options_;
  std::shared_ptr<Budget> budget_;
  bool refuses_ = false;
  std::unique_ptr<tsdb::Storage> storage_;
  std::shared_ptr<Folds> folds_;
  std::unique_ptr<Intake> intake_;
  proto::SeriesView series_;
  size_t scrapes_ = 0;
};

void BM_Take(benchmark::State& state) {
  Bench bench(state.range(0));
  for (int i = 0; i < 3; ++i) bench.Scrape();
  for (auto _ : state) bench.Scrape();
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSeries));
}
BENCHMARK(BM_Take)->DenseRange(0, 4)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace tidemark::server
