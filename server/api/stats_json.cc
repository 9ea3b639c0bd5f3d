#include "server/api/stats_json.h"

#include <string_view>
#include <utility>
#include <vector>

namespace tidemark::server {
namespace {

void WriteCount(JsonWriter& json, std::string_view key, uint64_t n) {
  json.Key(key);
  json.Integer(static_cast<int64_t>(n));
}

void WriteTimings(JsonWriter& json, const promql::QueryStats& stats) {
  const int64_t eval_ns = stats.preparation_ns + stats.inner_eval_ns + stats.sort_ns;
  const std::pair<std::string_view, int64_t> timings[] = {
      {"evalTotalTime", eval_ns},
      {"resultSortTime", stats.sort_ns},
      {"queryPreparationTime", stats.preparation_ns},
      {"innerEvalTime", stats.inner_eval_ns},
      {"execQueueTime", stats.queue_ns},
      {"execTotalTime", stats.queue_ns + eval_ns},
  };
  json.BeginObject();
  for (const auto& [key, ns] : timings) {
    json.Key(key);
    json.Number(static_cast<double>(ns) * 1e-9);
  }
  json.EndObject();
}

void WritePerStep(JsonWriter& json, std::string_view key, const std::vector<uint64_t>& counts,
                  StepTimes times) {
  if (counts.empty()) return;
  json.Key(key);
  json.BeginArray();
  for (size_t i = 0; i < counts.size(); ++i) {
    json.BeginArray();
    const int64_t t = times.start_ms + static_cast<int64_t>(i) * times.step_ms;
    json.Number(static_cast<double>(t) / 1000);
    json.Integer(static_cast<int64_t>(counts[i]));
    json.EndArray();
  }
  json.EndArray();
}

}  // namespace

void WriteStats(JsonWriter& json, const promql::QueryStats& stats, StepTimes times) {
  json.BeginObject();
  json.Key("timings");
  WriteTimings(json, stats);
  json.Key("samples");
  json.BeginObject();
  WritePerStep(json, "totalQueryableSamplesPerStep", stats.total_samples_per_step, times);
  WriteCount(json, "totalQueryableSamples", stats.total_samples);
  WritePerStep(json, "samplesReadPerStep", stats.samples_read_per_step, times);
  WriteCount(json, "samplesRead", stats.samples_read);
  WriteCount(json, "peakSamples", stats.peak_samples);
  json.EndObject();
  json.EndObject();
}

void WritePlan(JsonWriter& json, const promql::PlanNode& plan, bool analyzed) {
  json.BeginObject();
  json.Key("operation");
  json.Text(plan.operation);
  json.Key("expr");
  json.Text(plan.expr);
  if (!plan.source.empty()) {
    json.Key("source");
    json.Text(plan.source);
  }
  WriteCount(json, "steps", plan.steps);
  WriteCount(json, "estimatedSeries", plan.estimated_series);
  WriteCount(json, "estimatedSamples", plan.estimated_samples);
  if (analyzed) {
    WriteCount(json, "series", plan.series);
    WriteCount(json, "samples", plan.samples);
    WriteCount(json, "aggregates", plan.aggs);
    json.Key("seconds");
    json.Number(static_cast<double>(plan.time_ns) * 1e-9);
  }
  if (!plan.children.empty()) {
    json.Key("children");
    json.BeginArray();
    for (const auto& child : plan.children) WritePlan(json, *child, analyzed);
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace tidemark::server
