#include "promql/functions/sum_over_time.h"

#include <cmath>
#include <span>
#include <utility>

#include "promql/functions/histogram_mean.h"
#include "promql/functions/kahan_sum.h"

namespace tidemark::promql {
namespace {

double Sum(std::span<const double> values) {
  KahanSum sum;
  for (const double v : values) sum.Add(v);
  return std::isinf(sum.sum) ? sum.sum : sum.Value();
}

// The sum divided by the count, until the sum overflows; from there on the mean
// is moved by each value, which cannot overflow but is less accurate.
double Mean(std::span<const double> values) {
  KahanSum sum;
  sum.sum = values.front();
  size_t i = 1;
  for (; i < values.size(); ++i) {
    KahanSum next = sum;
    next.Add(values[i]);
    if (std::isinf(next.sum)) break;
    sum = next;
  }
  const auto n = static_cast<double>(i);
  if (i == values.size()) return sum.sum / n + sum.c / n;
  KahanSum mean{sum.sum / n, sum.c / n};
  for (; i < values.size(); ++i) {
    const auto count = static_cast<double>(i + 1);
    const double q = (count - 1) / count;
    mean = KahanSum{q * mean.sum, q * mean.c};
    mean.Add(values[i] / count);
  }
  return mean.Value();
}

double Variance(std::span<const double> values) {
  KahanSum mean;
  KahanSum squares;
  double count = 0;
  for (const double v : values) {
    ++count;
    const double delta = v - mean.Value();
    mean.Add(delta / count);
    squares.Add(delta * (v - mean.Value()));
  }
  return squares.Value() / count;
}

using FloatFunction = double (*)(std::span<const double>);
using HistogramFunction = StatusOr<std::shared_ptr<tsdb::FloatHistogram>> (*)(
    std::span<const HistogramPtr>, HistogramSumNotes&);

void EvaluateHistograms(const Window& w, RangeCall& call, size_t step, StepSeries& out,
                        HistogramFunction function) {
  HistogramSumNotes notes;
  auto result = function(w.histograms, notes);
  if (!result.ok()) {
    call.Annotate(MixedExponentialCustomHistograms(call.metric));
    return;
  }
  if (notes.counter_reset_collision) {
    call.Annotate(HistogramCounterResetCollision(HistogramOperation::kAggregation));
  }
  if (notes.bounds_reconciled) {
    call.Annotate(MismatchedCustomBuckets(HistogramOperation::kAggregation));
  }
  out.SetHistogram(step, *std::move(result));
}

Status EvaluateBoth(const Window& w, RangeCall& call, size_t step, StepSeries& out,
                    FloatFunction floats, HistogramFunction histograms) {
  if (w.mixed()) {
    call.Annotate(MixedFloatsHistograms(call.metric));
  } else if (!w.floats.empty()) {
    out.SetFloat(step, floats(w.floats));
  } else {
    EvaluateHistograms(w, call, step, out, histograms);
  }
  return OkStatus();
}

}  // namespace

Status SumOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return EvaluateBoth(w, call, step, out, Sum, SumOfHistograms);
}

Status AvgOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return EvaluateBoth(w, call, step, out, Mean, MeanOfHistograms);
}

Status StdvarOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  if (w.floats.empty()) return OkStatus();
  if (w.mixed()) call.Annotate(HistogramIgnoredInMixedRange(call.metric));
  out.SetFloat(step, Variance(w.floats));
  return OkStatus();
}

Status StddevOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  RETURN_IF_ERROR(StdvarOverTime(w, call, step, out));
  if (!w.floats.empty()) out.values[step] = std::sqrt(out.values[step]);
  return OkStatus();
}

}  // namespace tidemark::promql
