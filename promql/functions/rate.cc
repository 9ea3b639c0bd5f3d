#include "promql/functions/rate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/functions/extrapolate.h"
#include "promql/functions/histogram_increase.h"
#include "promql/functions/start_time.h"

namespace tidemark::promql {
namespace {

// The resets of one series of floats, found once although windows overlap.
class FloatResets {
 public:
  void StartSeries() {
    resets_.clear();
    scanned_ = 0;
  }

  // `value` and, for each reset in the window in order, the float just before it.
  double AddTo(double value, const Window& window) {
    Scan(window);
    if (resets_.empty()) return value;
    const auto in_window = std::upper_bound(
        resets_.begin(), resets_.end(), window.first_float,
        [](uint64_t ordinal, const Reset& reset) { return ordinal < reset.ordinal; });
    resets_.erase(resets_.begin(), in_window);
    for (const Reset& reset : resets_) value += reset.before;
    return value;
  }

 private:
  struct Reset {
    uint64_t ordinal;  // of the first float after it
    double before;
  };

  void Scan(const Window& window) {
    const uint64_t first = window.first_float;
    const uint64_t end = first + window.floats.size();
    uint64_t i = std::max(scanned_, first + 1);
    scanned_ = std::max(scanned_, end);
    constexpr uint64_t kWorthAGlance = 8;
    if (end >= i + kWorthAGlance && NeverFalls(window, i - first)) return;
    for (; i < end; ++i) {
      const double before = window.floats[i - first - 1];
      if (window.floats[i - first] < before ||
          StartedAnew(window.float_starts, window.float_t, i - first)) {
        resets_.push_back({i, before});
      }
    }
  }

  // Whether it is plain at a glance, without a jump per float, that there is no
  // reset from the float with index `from` on.
  static bool NeverFalls(const Window& window, size_t from) {
    if (!window.float_starts.empty()) return false;
    bool falls = false;
    for (size_t i = from; i < window.floats.size(); ++i) {
      falls |= window.floats[i] < window.floats[i - 1];
    }
    return !falls;
  }

  std::vector<Reset> resets_;  // those in the window, after each call
  uint64_t scanned_ = 0;       // ordinal of the first float not compared yet
};

bool LooksLikeCounter(std::string_view metric) {
  constexpr std::array<std::string_view, 4> kSuffixes = {"_total", "_sum", "_count", "_bucket"};
  return std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [&](std::string_view suffix) { return metric.ends_with(suffix); });
}

class RateFunction : public RangeFunction {
 public:
  RateFunction(RateKind kind, RangeCall& call)
      : is_counter_(kind != RateKind::kDelta),
        divisor_(kind == RateKind::kRate ? DurationSeconds(call.range_ms) : 1),
        call_(call),
        histograms_(is_counter_, call) {}

  void StartSeries() override {
    resets_.StartSeries();
    histograms_.StartSeries();
  }

  Status Evaluate(const Window& window, size_t step, StepSeries& out) override {
    if (window.mixed()) {
      call_.Annotate(MixedFloatsHistograms(call_.metric));
    } else if (Suffices(window.float_t, window.float_starts, window)) {
      out.SetFloat(step, OfFloats(window));
    } else if (Suffices(window.histogram_t, window.histogram_starts, window)) {
      if (HistogramPtr h = OfHistograms(window)) out.SetHistogram(step, std::move(h));
    }
    return OkStatus();
  }

  bool EvaluateAgg(const AggWindow& window, size_t step, StepSeries& out) override {
    if (window.mixed()) {
      call_.Annotate(MixedFloatsHistograms(call_.metric));
    } else if (window.floats->n > 1) {
      return OfFloatAgg(window, step, out);
    } else if (window.histograms->n > 1) {
      return OfHistogramAgg(window, step, out);
    }
    return true;
  }

  void EndSeries(const StepSeries& out) override {
    if (is_counter_) NotePossibleNonCounter(out, call_);
  }

 private:
  // Two samples, or one that says when it was zero.
  bool Suffices(std::span<const int64_t> t, std::span<const int64_t> starts,
                const Window& window) const {
    return t.size() > 1 || (t.size() == 1 && BeginsAtZero(t, starts, window));
  }
  bool BeginsAtZero(std::span<const int64_t> t, std::span<const int64_t> starts,
                    const Window& window) const {
    return is_counter_ && BeginsInside(starts, t, window.start);
  }

  double OfFloats(const Window& window) {
    const double first = window.floats.front();
    double increase = window.floats.back() - first;
    if (is_counter_) increase = resets_.AddTo(increase, window);
    NoteOverlap(window.float_starts, window.float_t);
    SampledSpan span = SpanOf(window, window.float_t);
    if (BeginsAtZero(window.float_t, window.float_starts, window)) {
      span.zero_t = window.float_starts[0];
      increase += first;
    } else {
      ShareOfFirst(first, increase, span);
    }
    return increase * (ExtrapolationFactor(span) / divisor_);
  }

  // For counters, which were never below zero.
  void ShareOfFirst(double first, double increase, SampledSpan& span) const {
    if (is_counter_ && increase > 0 && first >= 0) span.first_share = first / increase;
  }

  bool OfFloatAgg(const AggWindow& window, size_t step, StepSeries& out) const {
    const tsdb::FloatAgg& floats = *window.floats;
    // What adds up to infinity does so by the order of the additions.
    if (is_counter_ && !std::isfinite(floats.correction)) return false;
    const double increase = is_counter_ ? floats.Increase() : floats.Delta();
    SampledSpan span = SpanOf(window, floats);
    ShareOfFirst(floats.first.v, increase, span);
    out.SetFloat(step, increase * (ExtrapolationFactor(span) / divisor_));
    return true;
  }

  bool OfHistogramAgg(const AggWindow& window, size_t step, StepSeries& out) {
    const tsdb::HistogramAgg& agg = *window.histograms;
    auto computed = is_counter_ ? agg.Increase() : agg.Delta();
    if (!computed.ok()) return false;
    NoteGauges(agg);
    auto increase = std::make_shared<tsdb::FloatHistogram>(*std::move(computed));
    SampledSpan span = SpanOf(window, agg);
    ShareOfFirst(agg.first.h.count, increase->count, span);
    increase->Mul(ExtrapolationFactor(span) / divisor_);
    out.SetHistogram(step, std::move(increase));
    return true;
  }

  void NoteGauges(const tsdb::HistogramAgg& agg) {
    const auto is_gauge = [](const tsdb::HistogramSample& sample) {
      return sample.h.counter_reset_hint == tsdb::CounterResetHint::kGauge;
    };
    if (is_counter_ && agg.gauges > 0) {
      call_.Annotate(NativeHistogramNotCounter(call_.metric));
    } else if (!is_counter_ && !(is_gauge(agg.first) && is_gauge(agg.last))) {
      call_.Annotate(NativeHistogramNotGauge(call_.metric));
    }
  }

  HistogramPtr OfHistograms(const Window& window) {
    const tsdb::FloatHistogram& first = *window.histograms.front();
    const bool alone = window.histograms.size() == 1;
    const auto increase =
        alone ? std::make_shared<tsdb::FloatHistogram>(first) : histograms_.Of(window);
    if (increase == nullptr) return nullptr;
    SampledSpan span = SpanOf(window, window.histogram_t);
    if (BeginsAtZero(window.histogram_t, window.histogram_starts, window)) {
      span.zero_t = window.histogram_starts[0];
      if (!alone && !AddFirst(first, *increase)) return nullptr;
    } else {
      ShareOfFirst(first.count, increase->count, span);
    }
    increase->Mul(ExtrapolationFactor(span) / divisor_);
    return increase;
  }

  bool AddFirst(const tsdb::FloatHistogram& first, tsdb::FloatHistogram& increase) {
    const auto combined = increase.Add(first);
    if (!combined.ok()) {
      call_.Annotate(MixedExponentialCustomHistograms(call_.metric));
      return false;
    }
    if (combined->bounds_reconciled) {
      call_.Annotate(MismatchedCustomBuckets(HistogramOperation::kAddition));
    }
    return true;
  }

  void NoteOverlap(std::span<const int64_t> starts, std::span<const int64_t> t) {
    if (is_counter_ && AnyStartsOverlap(starts, t)) call_.Annotate(StartTimeOverlap(call_.metric));
  }

  static SampledSpan SpanOf(const Window& window, std::span<const int64_t> times) {
    return {.window_start = window.start,
            .window_end = window.end,
            .first_t = times.front(),
            .last_t = times.back(),
            .samples = times.size()};
  }
  // `agg` is a part of `window`.
  template <typename Part>
  static SampledSpan SpanOf(const AggWindow& window, const Part& agg) {
    return {.window_start = window.start,
            .window_end = window.end,
            .first_t = agg.first.t,
            .last_t = agg.last.t,
            .samples = agg.n};
  }

  const bool is_counter_;
  const double divisor_;
  RangeCall& call_;
  FloatResets resets_;
  HistogramIncrease histograms_;
};

}  // namespace

void NotePossibleNonCounter(const StepSeries& out, RangeCall& call) {
  if (call.metric.empty() || LooksLikeCounter(call.metric)) return;
  const bool any_float =
      std::find(out.kinds.begin(), out.kinds.end(), SampleKind::kFloat) != out.kinds.end();
  if (any_float) call.Annotate(PossibleNonCounter(call.metric));
}

std::unique_ptr<RangeFunction> MakeRateFunction(RateKind kind, RangeCall& call) {
  return std::make_unique<RateFunction>(kind, call);
}

}  // namespace tidemark::promql
