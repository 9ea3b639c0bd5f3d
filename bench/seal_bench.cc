// What sealing costs after so many scrapes of each series, and what merging the
// pieces costs later: the fewer samples a seal finds of a series, the more of
// them go into keys, heads and checksums, and the more often a block is merged.
//
//   build/release/seal_bench
//
// CPU time counts all threads, RocksDB's included.  flushed/sample and
// compacted/sample are bytes written to files of raw.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/block/partitions.h"
#include "tsdb/head/committer.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/head/sealer.h"
#include "tsdb/index/label_hash.h"
#include "tsdb/index/presence.h"
#include "tsdb/index/series_catalog.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStartMs = 1'767'225'600'000 + 1;  // the first of a block
constexpr int64_t kScrapeMs = 15'000;
constexpr size_t kSeries = 10'000;
constexpr int kScrapes = 960;  // a block of four hours

// A storage without its threads: seals happen when the benchmark says so.
class Engine {
 public:
  Engine() {
    std::string pattern = std::filesystem::temp_directory_path() / "seal_bench_XXXXXX";
    options_.path = mkdtemp(pattern.data());
    store_ = *Store::Open(options_, metrics_);
    journal_ = std::make_unique<Journal>(*store_, WriteMode::kNoSync, 1);
    catalog_ = std::make_unique<SeriesCatalog>(*store_);
    if (!catalog_->Open().ok()) std::abort();
    presence_ = std::make_unique<Presence>(*store_, 1 << 20);
    committer_ =
        std::make_unique<Committer>(head_, *journal_, *store_, *catalog_, policies_, metrics_);
    sealer_ = std::make_unique<Sealer>(head_, *journal_, *store_,
                                       SealedDays{partitions_, days_, *presence_, dirty_},
                                       Clock::System(), metrics_);
    for (size_t i = 0; i < kSeries; ++i) {
      labels_.push_back(
          Labels::Must({{kMetricName, "requests_total"}, {"instance", "gw-" + std::to_string(i)}}));
      hashes_.push_back(HashLabels(labels_.back().packed(), TenantSalt("default")));
    }
  }
  ~Engine() {
    sealer_.reset();
    committer_.reset();
    store_.reset();
    std::filesystem::remove_all(options_.path);
  }

  // One sample of each series: half of them counters, half with decimals.
  void Scrape(int number) {
    StagedCommit staged;
    staged.tenant = "default";
    for (uint32_t i = 0; i < kSeries; ++i) {
      StagedSeries& series = staged.series.emplace_back();
      series.hash = hashes_[i];
      staged.SetLabels(series, labels_[i].packed());
      const double v = i % 2 == 0 ? number * (1.0 + i % 7) : 0.01 * ((number * 7919 + i) % 5000);
      staged.Use(i).floats.push_back({i, 0, kStartMs + number * kScrapeMs, v});
    }
    if (!committer_->Commit(staged).ok()) std::abort();
  }
  void Seal() {
    if (!sealer_->Seal().ok()) std::abort();
  }
  void Compact() {
    if (!store_->Compact(Family::kRaw).ok()) std::abort();
  }

  // Of family raw.
  double Bytes(std::string_view counter) const {
    for (const Metrics::Family& family : metrics_.Collect()) {
      if (family.name != counter) continue;
      for (const Metrics::Child& child : family.children) {
        if (child.labels[0].second == "raw") return child.value;
      }
    }
    return 0;
  }

 private:
  StoreOptions options_;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  Head head_;
  PartitionSet partitions_;
  PartitionSet days_;
  DirtyDays dirty_;
  ConflictPolicies policies_;
  std::unique_ptr<SeriesCatalog> catalog_;
  std::unique_ptr<Presence> presence_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<Sealer> sealer_;
  std::vector<Labels> labels_;
  std::vector<LabelHash> hashes_;
};

void SealEvery(benchmark::State& state) {
  const auto every = static_cast<int>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto engine = std::make_unique<Engine>();
    for (int scrape = 0; scrape < kScrapes; ++scrape) {
      engine->Scrape(scrape);
      if ((scrape + 1) % every != 0) continue;
      state.ResumeTiming();
      engine->Seal();
      state.PauseTiming();
    }
    state.ResumeTiming();
    engine->Compact();
    state.PauseTiming();
    const double samples = static_cast<double>(kSeries) * kScrapes;
    state.counters["flushed/sample"] =
        engine->Bytes("tidemark_store_flushed_bytes_total") / samples;
    state.counters["compacted/sample"] =
        engine->Bytes("tidemark_store_compacted_bytes_total") / samples;
    engine.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSeries) * kScrapes);
}
BENCHMARK(SealEvery)
    ->Arg(8)
    ->Arg(16)
    ->Arg(60)
    ->Arg(120)
    ->Arg(240)
    ->Arg(960)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace tidemark::tsdb
