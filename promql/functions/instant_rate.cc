#include "promql/functions/instant_rate.h"

#include <memory>
#include <utility>

#include "promql/functions/start_time.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

struct Point {
  int64_t t = 0;
  double v = 0;
  const FloatHistogram* h = nullptr;  // null: a float
  int64_t start = 0;                  // 0: not known
};

// The sample before the last `skip_floats` floats and `skip_histograms` histograms;
// the caller knows that there is one.
Point NewestBut(const Window& w, size_t skip_floats, size_t skip_histograms) {
  const size_t floats = w.floats.size() - skip_floats;
  const size_t histograms = w.histograms.size() - skip_histograms;
  const bool is_float =
      histograms == 0 || (floats > 0 && w.float_t[floats - 1] > w.histogram_t[histograms - 1]);
  if (is_float) {
    return {w.float_t[floats - 1], w.floats[floats - 1], nullptr,
            w.float_starts.empty() ? 0 : w.float_starts[floats - 1]};
  }
  return {w.histogram_t[histograms - 1], 0, w.histograms[histograms - 1].get(),
          w.histogram_starts.empty() ? 0 : w.histogram_starts[histograms - 1]};
}

bool BothGauges(const Point& a, const Point& b) {
  return a.h->counter_reset_hint == CounterResetHint::kGauge &&
         b.h->counter_reset_hint == CounterResetHint::kGauge;
}
bool AnyGauge(const Point& a, const Point& b) {
  return a.h->counter_reset_hint == CounterResetHint::kGauge ||
         b.h->counter_reset_hint == CounterResetHint::kGauge;
}

bool StartedAnew(const Point& before, const Point& last) {
  const int64_t starts[] = {before.start, last.start};
  const int64_t times[] = {before.t, last.t};
  return promql::StartedAnew(starts, times, 1);
}

// Null when the two cannot be subtracted.
std::shared_ptr<FloatHistogram> HistogramDifference(const Point& before, const Point& last,
                                                    bool is_rate, RangeCall& call) {
  if (is_rate && AnyGauge(before, last)) call.Annotate(NativeHistogramNotCounter(call.metric));
  if (!is_rate && !BothGauges(before, last)) call.Annotate(NativeHistogramNotGauge(call.metric));
  auto result = std::make_shared<FloatHistogram>(*last.h);
  if (!is_rate || !(StartedAnew(before, last) || last.h->DetectReset(*before.h))) {
    const auto combined = result->Sub(*before.h);
    if (!combined.ok()) {
      call.Annotate(MixedExponentialCustomHistograms(call.metric));
      return nullptr;
    }
    if (combined->bounds_reconciled) {
      call.Annotate(MismatchedCustomBuckets(HistogramOperation::kSubtraction));
    }
  }
  result->counter_reset_hint = CounterResetHint::kGauge;
  result->Compact(0);
  return result;
}

Status FromLastTwo(const Window& w, RangeCall& call, size_t step, StepSeries& out, bool is_rate) {
  if (w.floats.size() + w.histograms.size() < 2) return OkStatus();
  const Point last = NewestBut(w, 0, 0);
  const bool last_is_float = last.h == nullptr;
  const Point before = NewestBut(w, last_is_float ? 1 : 0, last_is_float ? 0 : 1);
  const double seconds = static_cast<double>(last.t - before.t) / 1000;
  if (last_is_float != (before.h == nullptr)) {
    call.Annotate(MixedFloatsHistograms(call.metric));
  } else if (last_is_float) {
    const bool reset = is_rate && (last.v < before.v || StartedAnew(before, last));
    const double difference = reset ? last.v : last.v - before.v;
    out.SetFloat(step, is_rate ? difference / seconds : difference);
  } else if (auto difference = HistogramDifference(before, last, is_rate, call)) {
    if (is_rate) difference->Div(seconds);
    out.SetHistogram(step, std::move(difference));
  }
  return OkStatus();
}

}  // namespace

Status Irate(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return FromLastTwo(w, call, step, out, true);
}

Status Idelta(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return FromLastTwo(w, call, step, out, false);
}

}  // namespace tidemark::promql
