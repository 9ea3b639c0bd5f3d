#include "promql/eval/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"
#include "promql/functions/extended_samples.h"
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
  const auto before = [](const Series& a, const Series& b) { return a.labels < b.labels; };
  if (!std::is_sorted(series.begin(), series.end(), before)) {
    std::sort(series.begin(), series.end(), before);
  }
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

class NameRemoval : public VectorOperator {
 public:
  explicit NameRemoval(std::unique_ptr<VectorOperator> input) : input_(std::move(input)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, input_->Series());
    for (tsdb::Labels& l : labels) l = ApplyMark(l);
    return labels;
  }
  Status Next(StepSeries& out) override { return input_->Next(out); }

 private:
  const std::unique_ptr<VectorOperator> input_;
};

void AddSamples(const Window& window, Series& out) {
  for (size_t i = 0; i < window.floats.size(); ++i) {
    out.floats.push_back({window.float_t[i], window.floats[i]});
  }
  for (size_t i = 0; i < window.histograms.size(); ++i) {
    out.histograms.push_back({window.histogram_t[i], *window.histograms[i]});
  }
}

// In time order; false when two are at one time.
template <typename Samples>
bool MergeSamples(Samples& from, Samples& into) {
  std::move(from.begin(), from.end(), std::back_inserter(into));
  std::stable_sort(into.begin(), into.end(),
                   [](const auto& a, const auto& b) { return a.t < b.t; });
  return std::adjacent_find(into.begin(), into.end(),
                            [](const auto& a, const auto& b) { return a.t == b.t; }) == into.end();
}

// Series that come to have the same labels at the end of the query become one;
// `sorted` are in label order.
Status MergeSameLabels(std::vector<Series>& sorted) {
  std::vector<Series> merged;
  for (Series& series : sorted) {
    if (merged.empty() || merged.back().labels != series.labels) {
      merged.push_back(std::move(series));
      continue;
    }
    Series& into = merged.back();
    if (!MergeSamples(series.floats, into.floats) ||
        !MergeSamples(series.histograms, into.histograms)) {
      return FailedPrecondition("vector cannot contain metrics with the same labelset");
    }
  }
  sorted = std::move(merged);
  return OkStatus();
}

// The samples inside the window and, at both its ends, what stands for them there.
Status AddWithEnds(const Window& window, WindowReach reach, Series& out) {
  if (!window.histograms.empty()) {
    return FailedPrecondition(
        fmt::format("{} modifier is not supported with histograms",
                    reach == WindowReach::kAnchored ? "anchored" : "smoothed"));
  }
  const std::span<const int64_t> t = window.float_t;
  const std::span<const double> v = window.floats;
  const WindowEnds ends = FindWindowEnds(t, window.start, window.end, reach);
  if (t[ends.last] <= window.start) return OkStatus();
  const Inside inside = SamplesInside(t, ends, window.start, window.end);
  out.floats.push_back({window.start, ValueAtStart(t, v, ends, window.start, reach, false)});
  for (size_t i = inside.from; i < inside.to; ++i) out.floats.push_back({t[i], v[i]});
  out.floats.push_back({window.end, ValueAtEnd(t, v, ends, window.end, reach, false)});
  return OkStatus();
}

}  // namespace

StatusOr<Value> ScalarResult(EvalContext& context, const QueryTimes& times,
                             ScalarOperator& scalar) {
  ASSIGN_OR_RETURN(const std::vector<double> values, scalar.Values());
  context.Lap(context.stats.inner_eval_ns);
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
  context.Lap(context.stats.preparation_ns);
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
  context.Lap(context.stats.inner_eval_ns);
  if (!KeepsOrder(expr, times)) SortByLabels(result);
  context.Lap(context.stats.sort_ns);
  if (times.step_ms == 0) return Value(Vector{std::move(result)});
  return Value(Matrix{std::move(result)});
}

std::unique_ptr<VectorOperator> MakeNameRemoval(EvalContext& context, Steps steps,
                                                std::unique_ptr<VectorOperator> input) {
  if (!context.options.delayed_name_removal) return input;
  return MakeUniqueSeries(context, steps, std::make_unique<NameRemoval>(std::move(input)));
}

StatusOr<Value> RangeResult(EvalContext& context, const WindowTimes& windows, RangeSource& source) {
  ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, source.Series());
  context.Lap(context.stats.preparation_ns);
  Matrix matrix;
  SampleBuffer buffer;
  for (tsdb::Labels& l : labels) {
    RETURN_IF_ERROR(context.CheckRunning());
    buffer.Clear();
    RETURN_IF_ERROR(source.NextSeries());
    RETURN_IF_ERROR(source.Read(windows.ReadStart(0), windows.ReadEnd(0), buffer));
    Window window = buffer.Move(windows.ReadStart(0), windows.ReadEnd(0));
    window.start = windows.Start(0);
    window.end = windows.End(0);
    if (window.empty()) continue;
    if (source.from_storage()) {
      context.tally->Add(0, buffer.WindowSamples(), buffer.WindowSamples());
    }
    RETURN_IF_ERROR(context.meter.Take(buffer.WindowSamples()));
    Series series{ApplyMark(l), {}, {}};
    if (windows.reach == WindowReach::kNone) {
      AddSamples(window, series);
    } else {
      RETURN_IF_ERROR(AddWithEnds(window, windows.reach, series));
    }
    if (!series.floats.empty() || !series.histograms.empty()) {
      matrix.series.push_back(std::move(series));
    }
  }
  context.Lap(context.stats.inner_eval_ns);
  SortByLabels(matrix.series);
  RETURN_IF_ERROR(MergeSameLabels(matrix.series));
  context.Lap(context.stats.sort_ns);
  return Value(std::move(matrix));
}

}  // namespace tidemark::promql
