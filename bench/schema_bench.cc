// What a label schema of 200 rules costs a series: one that passed before, one
// that is seen for the first time, and one that is refused, which is checked
// against the rules each time.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "proto/raw_labels.h"
#include "server/admission/schema_policy.h"

namespace tidemark::server {
namespace {

constexpr size_t kRules = 200;
constexpr size_t kSeries = 100'000;

// Series i has the metric of rule i, modulo.
LabelSchema Schema(bool allow_all_labels) {
  std::string yaml = "rules:\n";
  for (size_t i = 0; i < kRules; ++i) {
    yaml += "  - metric: service_" + std::to_string(i) + "_.*\n    mode: reject\n";
    yaml += "    deny_card_numbers: true\n    max_value_bytes: 128\n";
    yaml += "    allowed_labels: [cluster, endpoint, instance, job, method, region, status, zone";
    yaml += allow_all_labels ? ", user]\n" : "]\n";
  }
  return *LabelSchema::Parse(yaml, "bench");
}

std::vector<std::string_view> Series(proto::ByteArena& arena) {
  static const char* const kNames[] = {"cluster", "endpoint", "instance", "job",
                                       "method",  "region",   "status",   "zone"};
  std::vector<std::string_view> out;
  for (size_t i = 0; i < kSeries; ++i) {
    const std::string metric = "service_" + std::to_string(i % kRules) + "_requests_total";
    const std::string value = "a-value-of-some-length-" + std::to_string(i);
    std::vector<proto::LabelView> labels = {{"__name__", metric}};
    for (const char* name : kNames) labels.push_back({name, value});
    labels.insert(labels.end() - 1, {"user", value});
    out.push_back(proto::WriteRawLabels(labels, arena));
  }
  return out;
}

void CheckAll(SchemaPolicy& policy, const std::vector<std::string_view>& series) {
  for (const std::string_view raw : series) {
    benchmark::DoNotOptimize(policy.Check({{"default", "10.0.0.1"}, raw, {}}));
  }
}

void BM_Passed(benchmark::State& state) {
  proto::ByteArena arena;
  const std::vector<std::string_view> series = Series(arena);
  SchemaPolicy policy(Schema(true));
  CheckAll(policy, series);
  for (auto _ : state) CheckAll(policy, series);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSeries));
}
BENCHMARK(BM_Passed);

void BM_New(benchmark::State& state) {
  proto::ByteArena arena;
  const std::vector<std::string_view> series = Series(arena);
  for (auto _ : state) {
    state.PauseTiming();
    SchemaPolicy policy(Schema(true));
    state.ResumeTiming();
    CheckAll(policy, series);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSeries));
}
BENCHMARK(BM_New);

void BM_Refused(benchmark::State& state) {
  proto::ByteArena arena;
  const std::vector<std::string_view> series = Series(arena);
  SchemaPolicy policy(Schema(false));
  for (auto _ : state) CheckAll(policy, series);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSeries));
}
BENCHMARK(BM_Refused);

}  // namespace
}  // namespace tidemark::server
