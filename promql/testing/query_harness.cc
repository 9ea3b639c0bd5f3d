#include "promql/testing/query_harness.h"

#include <fmt/format.h>

#include "promql/script/value_text.h"
#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

// Annotations of one kind of which no test has more.
constexpr size_t kMaxAnnotations = 100;

}  // namespace

EngineOptions QueryHarness::AllFeatures() {
  EngineOptions options;
  options.parser = {.experimental_functions = true,
                    .duration_expressions = true,
                    .extended_range_selectors = true,
                    .binary_fill_modifiers = true};
  return options;
}

void QueryHarness::Load(LabelList labels, int64_t start, int64_t step_ms,
                        const std::vector<double>& values) {
  std::vector<tsdb::Sample> samples;
  for (size_t i = 0; i < values.size(); ++i) {
    samples.push_back({start + static_cast<int64_t>(i) * step_ms, values[i]});
  }
  CHECK(storage.Add(tsdb::Labels::Must(labels), samples).ok(), "samples of a test out of order");
}

void QueryHarness::LoadHistograms(LabelList labels, int64_t start, int64_t step_ms,
                                  const std::vector<tsdb::FloatHistogram>& values) {
  std::vector<tsdb::HistogramSample> samples;
  for (size_t i = 0; i < values.size(); ++i) {
    samples.push_back({start + static_cast<int64_t>(i) * step_ms, values[i]});
  }
  CHECK(storage.AddHistograms(tsdb::Labels::Must(labels), samples).ok(),
        "histograms of a test out of order");
}

StatusOr<QueryResult> QueryHarness::Execute(const QueryRequest& request) {
  return Engine(options).Execute(request, storage, cancellation);
}

std::string QueryHarness::Text(const QueryRequest& request) {
  const StatusOr<QueryResult> result = Execute(request);
  if (!result.ok()) return fmt::format("error: {}\n", result.status().ToString());
  std::string text = ValueText(result->value);
  for (const std::string& warning : result->annotations.Warnings(request.expr, kMaxAnnotations)) {
    text += warning + "\n";
  }
  for (const std::string& info : result->annotations.Infos(request.expr, kMaxAnnotations)) {
    text += info + "\n";
  }
  return text;
}

std::string QueryHarness::Instant(std::string_view expr, int64_t t) {
  QueryRequest request;
  request.expr = expr;
  request.start = request.end = t;
  return Text(request);
}

std::string QueryHarness::Range(std::string_view expr, int64_t start, int64_t end,
                                int64_t step_ms) {
  QueryRequest request;
  request.expr = expr;
  request.start = start;
  request.end = end;
  request.step_ms = step_ms;
  return Text(request);
}

}  // namespace tidemark::promql
