#include "promql/functions/over_time_agg.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace tidemark::promql {
namespace {

using tsdb::FloatAgg;
using tsdb::FloatHistogram;
using tsdb::HistogramAgg;

double Seconds(int64_t t) { return static_cast<double>(t) / 1000; }

// Of two that cannot be at the same time; the window is not empty.
bool FirstIsFloat(const AggWindow& w) {
  if (w.histograms->n == 0) return true;
  return w.floats->n > 0 && w.floats->first.t < w.histograms->first.t;
}
bool LastIsFloat(const AggWindow& w) {
  if (w.histograms->n == 0) return true;
  return w.floats->n > 0 && w.floats->last.t > w.histograms->last.t;
}

void SetHistogram(const FloatHistogram& h, size_t step, StepSeries& out) {
  out.SetHistogram(step, std::make_shared<const FloatHistogram>(h));
}

// What is said of the floats alone.
bool EmitOfFloats(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out, double v) {
  if (w.floats->n == 0) return true;
  if (w.histograms->n > 0) call.Annotate(HistogramIgnoredInMixedRange(call.metric));
  out.SetFloat(step, v);
  return true;
}

// The largest number that can be met when `n` values are added up in any order.
// Where it is finite, nothing overflows and nothing was infinite.
double LargestSum(const FloatAgg& floats) {
  return static_cast<double>(floats.n) * std::max(std::abs(floats.min), std::abs(floats.max));
}

// NaN among the values is no matter: it comes through in any order.
bool SumsInAnyOrder(const FloatAgg& floats) {
  return !floats.overflowed && !std::isinf(LargestSum(floats));
}

// The same for squares of differences, with all their roundings.
bool SquaresInAnyOrder(const FloatAgg& floats) {
  const double largest = LargestSum(floats);
  return !floats.overflowed && !std::isinf(4 * largest * largest);
}

using OfHistograms = StatusOr<FloatHistogram> (HistogramAgg::*)() const;

bool EmitHistogram(const HistogramAgg& agg, RangeCall& call, size_t step, StepSeries& out,
                   OfHistograms function) {
  const auto result = (agg.*function)();
  if (!result.ok()) return false;
  if (agg.reset_hint_seen && agg.no_reset_hint_seen) {
    call.Annotate(HistogramCounterResetCollision(HistogramOperation::kAggregation));
  }
  SetHistogram(*result, step, out);
  return true;
}

bool EmitBoth(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out,
              double (FloatAgg::*of_floats)() const, OfHistograms of_histograms) {
  if (w.mixed()) {
    call.Annotate(MixedFloatsHistograms(call.metric));
    return true;
  }
  if (w.floats->n == 0) return EmitHistogram(*w.histograms, call, step, out, of_histograms);
  if (!SumsInAnyOrder(*w.floats)) return false;
  out.SetFloat(step, (w.floats->*of_floats)());
  return true;
}

}  // namespace

bool CountOverTimeOfAgg(const AggWindow& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, static_cast<double>(w.floats->n + w.histograms->n));
  return true;
}

bool PresentOverTimeOfAgg(const AggWindow& /*w*/, RangeCall& /*call*/, size_t step,
                          StepSeries& out) {
  out.SetFloat(step, 1);
  return true;
}

bool FirstOverTimeOfAgg(const AggWindow& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  if (FirstIsFloat(w)) {
    out.SetFloat(step, w.floats->first.v);
  } else {
    SetHistogram(w.histograms->first.h, step, out);
  }
  return true;
}

bool LastOverTimeOfAgg(const AggWindow& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  if (LastIsFloat(w)) {
    out.SetFloat(step, w.floats->last.v);
  } else {
    SetHistogram(w.histograms->last.h, step, out);
  }
  return true;
}

bool TsOfFirstOverTimeOfAgg(const AggWindow& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, Seconds(FirstIsFloat(w) ? w.floats->first.t : w.histograms->first.t));
  return true;
}

bool TsOfLastOverTimeOfAgg(const AggWindow& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, Seconds(LastIsFloat(w) ? w.floats->last.t : w.histograms->last.t));
  return true;
}

bool MinOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitOfFloats(w, call, step, out, w.floats->min);
}

bool MaxOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitOfFloats(w, call, step, out, w.floats->max);
}

bool TsOfMinOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitOfFloats(w, call, step, out, Seconds(w.floats->min_t));
}

bool TsOfMaxOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitOfFloats(w, call, step, out, Seconds(w.floats->max_t));
}

bool ResetsOfAgg(const AggWindow& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, static_cast<double>(w.resets));
  return true;
}

bool ChangesOfAgg(const AggWindow& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, static_cast<double>(w.changes));
  return true;
}

bool SumOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitBoth(w, call, step, out, &FloatAgg::Sum, &HistogramAgg::Sum);
}

bool AvgOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitBoth(w, call, step, out, &FloatAgg::Average, &HistogramAgg::Average);
}

bool StdvarOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  if (!SquaresInAnyOrder(*w.floats)) return false;
  return EmitOfFloats(w, call, step, out, w.floats->Variance());
}

bool StddevOverTimeOfAgg(const AggWindow& w, RangeCall& call, size_t step, StepSeries& out) {
  if (!SquaresInAnyOrder(*w.floats)) return false;
  return EmitOfFloats(w, call, step, out, std::sqrt(w.floats->Variance()));
}

}  // namespace tidemark::promql
