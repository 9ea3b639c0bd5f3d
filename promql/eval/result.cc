#include "promql/eval/result.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "promql/functions/sort.h"
#include "promql/parser/functions.h"

namespace tidemark::promql {
namespace {

bool KeepsOrder(const Expr& expr, const QueryTimes& times) {
  if (times.start != times.end) return false;
  const Expr* root = Unwrap(&expr);
  if (const auto* call = As<Call>(root)) return DefinesOrder(call->function->name);
  const auto* aggregate = As<AggregateExpr>(root);
  return aggregate != nullptr &&
         (aggregate->op == AggregateOp::kTopk || aggregate->op == AggregateOp::kBottomk);
}

void SortByLabels(std::vector<Series>& series) {
  std::sort(series.begin(), series.end(),
            [](const Series& a, const Series& b) { return a.labels < b.labels; });
}

void AddSamples(const StepSeries& data, Steps steps, Series& out) {
  for (size_t i = 0; i < data.size(); ++i) {
    if (data.kinds[i] == SampleKind::kFloat) {
      out.floats.push_back({steps.At(i), data.values[i]});
    } else if (data.kinds[i] == SampleKind::kHistogram) {
      out.histograms.push_back({steps.At(i), *data.histograms[i]});
    }
  }
}

}  // namespace

StatusOr<Value> ScalarResult(EvalContext& context, const QueryTimes& times,
                             ScalarOperator& scalar) {
  ASSIGN_OR_RETURN(const std::vector<double> values, scalar.Values());
  if (times.step_ms == 0) return Value(Scalar{times.start, values[0]});
  RETURN_IF_ERROR(context.meter.Take(values.size()));
  const Steps steps = times.steps();
  Series series;
  series.floats.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) series.floats.push_back({steps.At(i), values[i]});
  Matrix matrix;
  matrix.series.push_back(std::move(series));
  return Value(std::move(matrix));
}

StatusOr<Value> VectorResult(EvalContext& context, const QueryTimes& times, const Expr& expr,
                             VectorOperator& vector) {
  ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, vector.Series());
  const Steps steps = times.steps();
  std::vector<Series> result;
  StepSeries data;
  for (tsdb::Labels& l : labels) {
    RETURN_IF_ERROR(context.CheckRunning());
    RETURN_IF_ERROR(vector.Next(data));
    const uint64_t samples = data.SampleCount();
    if (samples == 0) continue;
    RETURN_IF_ERROR(context.meter.Take(samples));
    Series series{std::move(l), {}, {}};
    AddSamples(data, steps, series);
    result.push_back(std::move(series));
  }
  if (!KeepsOrder(expr, times)) SortByLabels(result);
  if (times.step_ms == 0) return Value(Vector{std::move(result)});
  return Value(Matrix{std::move(result)});
}

StatusOr<Value> RangeResult(EvalContext& context, const WindowTimes& windows, RangeSource& source) {
  ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, source.Series());
  Matrix matrix;
  SampleBuffer buffer;
  for (tsdb::Labels& l : labels) {
    RETURN_IF_ERROR(context.CheckRunning());
    buffer.Clear();
    RETURN_IF_ERROR(source.NextSeries());
    RETURN_IF_ERROR(source.Read(windows.Start(0), windows.End(0), buffer));
    const Window window = buffer.Move(windows.Start(0), windows.End(0));
    if (window.empty()) continue;
    context.stats.total_samples += buffer.WindowSamples();
    RETURN_IF_ERROR(context.meter.Take(buffer.WindowSamples()));
    Series series{std::move(l), {}, {}};
    for (size_t i = 0; i < window.floats.size(); ++i) {
      series.floats.push_back({window.float_t[i], window.floats[i]});
    }
    for (size_t i = 0; i < window.histograms.size(); ++i) {
      series.histograms.push_back({window.histogram_t[i], *window.histograms[i]});
    }
    matrix.series.push_back(std::move(series));
  }
  SortByLabels(matrix.series);
  return Value(std::move(matrix));
}

}  // namespace tidemark::promql
