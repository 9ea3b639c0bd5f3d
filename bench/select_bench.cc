// What finding series costs: selectors over 100,000 and 1,000,000 series, as
// dashboards write them.  Items are series found; "churned" is a query that
// reaches back to series that have left the memory.
//
//   build/release/select_bench --benchmark_filter=/100000
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tsdb/base/clock.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStartMs = 1'767'225'600'000;
constexpr int64_t kHourMs = 3'600'000;
constexpr size_t kPerRequest = 5000;

// 1000 metrics, 100 pods of each in each zone and job.
Labels SeriesLabels(size_t i) {
  return Labels::Must({{kMetricName, "gateway_requests_" + std::to_string(i % 1000) + "_total"},
                       {"cluster", "prod-eu-1"},
                       {"endpoint", "/v1/payments/authorise/" + std::to_string(i % 20)},
                       {"instance", "10.20." + std::to_string(i / 250'000) + "." +
                                        std::to_string(i / 1000 % 250) + ":9100"},
                       {"job", i % 2 == 0 ? "payments-gateway" : "ledger"},
                       {"pod", "pod-" + std::to_string(i / 1000)},
                       {"series", std::to_string(i)}});
}

// Made once for each number of series.
class Database {
 public:
  static const Database& Of(size_t series) {
    // What a Database needs is made by the first one, and outlives `all`.
    [[maybe_unused]] static const bool used = (Database(0), true);
    static std::map<size_t, std::unique_ptr<Database>> all;
    auto& one = all[series];
    if (one == nullptr) one = std::make_unique<Database>(series);
    return *one;
  }
  explicit Database(size_t series);
  ~Database() {
    storage_.reset();
    std::filesystem::remove_all(options_.path);
  }

  size_t Select(const std::vector<Matcher>& matchers, int64_t mint) const {
    const auto querier = storage_->NewQuerier("default", mint, kStartMs + 4 * kHourMs);
    const auto set = (*querier)->Select(matchers, {});
    if (!set.ok()) std::abort();
    return (*set)->size();
  }

 private:
  void Send(size_t first, size_t end, int64_t t) {
    for (size_t i = first; i < end;) {
      const auto app = storage_->NewAppender("default");
      for (size_t n = 0; n < kPerRequest && i < end; ++n, ++i) {
        const SeriesRef series = *app->GetSeries(SeriesLabels(i));
        app->Append(series, {t, 1.0}).IgnoreError();
      }
      if (!app->Commit().ok()) std::abort();
    }
  }

  FakeClock clock_{kStartMs};
  Metrics metrics_;
  StorageOptions options_;
  std::unique_ptr<Storage> storage_;
};

Database::Database(size_t series) {
  std::string pattern = std::filesystem::temp_directory_path() / "select_bench_XXXXXX";
  options_.path = mkdtemp(pattern.data());
  options_.raw_retention_ms = 0;
  options_.min_free_disk = 0;
  options_.fsync = FsyncMode::kInterval;
  options_.memory_bytes = 8ULL << 30;
  options_.clock = &clock_;
  storage_ = *Storage::Open(options_, metrics_);
  // As many again, that leave.
  Send(series, 2 * series, kStartMs);
  if (!storage_->Flush().ok()) std::abort();
  clock_.Advance(3 * kHourMs);
  if (!storage_->Flush().ok()) std::abort();
  Send(0, series, kStartMs + 3 * kHourMs);
}

void Select(benchmark::State& state, const std::vector<Matcher>& matchers, int64_t mint) {
  const Database& database = Database::Of(static_cast<size_t>(state.range(0)));
  size_t found = 0;
  for (auto _ : state) found += database.Select(matchers, mint);
  if (found == 0) state.SkipWithError("nothing found");
  state.SetItemsProcessed(static_cast<int64_t>(found));
}

Matcher Regex(std::string_view name, std::string_view value) {
  return *Matcher::Make(Matcher::Op::kRegex, name, value);
}

constexpr int64_t kRecent = kStartMs + kHourMs;
const Matcher kName = Matcher::Equal(kMetricName, "gateway_requests_7_total");
const Matcher kJob = Matcher::Equal("job", "ledger");

#define SELECT(name, mint, ...)                                            \
  BENCHMARK_CAPTURE(Select, name, std::vector<Matcher>{__VA_ARGS__}, mint) \
      ->Arg(100'000)                                                       \
      ->Arg(1'000'000)                                                     \
      ->Unit(benchmark::kMicrosecond)

SELECT(name, kRecent, kName);
SELECT(name_churned, kStartMs - 1, kName);
SELECT(name_and_set, kRecent, kName, Regex("pod", "pod-1|pod-2|pod-3"));
SELECT(name_and_prefix, kRecent, kName, Regex("instance", "10\\.20\\.0\\..*"));
SELECT(name_and_any, kRecent, kName, Regex("series", ".+"));
SELECT(job_and_any, kRecent, kJob, Regex("series", ".+"));
SELECT(job_and_re2, kRecent, kJob, Regex("series", "[0-9]{3,5}7"));

}  // namespace
}  // namespace tidemark::tsdb
