#include "promql/functions/rate.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/functions/extrapolate.h"
#include "promql/functions/histogram_increase.h"

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
    for (uint64_t i = std::max(scanned_, first + 1); i < end; ++i) {
      const double before = window.floats[i - first - 1];
      if (window.floats[i - first] < before) resets_.push_back({i, before});
    }
    scanned_ = std::max(scanned_, end);
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
    } else if (window.floats.size() > 1) {
      out.SetFloat(step, OfFloats(window));
    } else if (window.histograms.size() > 1) {
      if (HistogramPtr h = OfHistograms(window)) out.SetHistogram(step, std::move(h));
    }
    return OkStatus();
  }

  void EndSeries(const StepSeries& out) override {
    if (!is_counter_ || call_.metric.empty() || LooksLikeCounter(call_.metric)) return;
    const bool any_float =
        std::find(out.kinds.begin(), out.kinds.end(), SampleKind::kFloat) != out.kinds.end();
    if (any_float) call_.Annotate(PossibleNonCounter(call_.metric));
  }

 private:
  double OfFloats(const Window& window) {
    const double first = window.floats.front();
    double increase = window.floats.back() - first;
    if (is_counter_) increase = resets_.AddTo(increase, window);
    SampledSpan span = SpanOf(window, window.float_t);
    if (is_counter_ && increase > 0 && first >= 0) span.first_share = first / increase;
    return increase * (ExtrapolationFactor(span) / divisor_);
  }

  HistogramPtr OfHistograms(const Window& window) {
    const std::shared_ptr<tsdb::FloatHistogram> increase = histograms_.Of(window);
    if (increase == nullptr) return nullptr;
    const double first = window.histograms.front()->count;
    SampledSpan span = SpanOf(window, window.histogram_t);
    if (is_counter_ && increase->count > 0 && first >= 0) {
      span.first_share = first / increase->count;
    }
    increase->Mul(ExtrapolationFactor(span) / divisor_);
    return increase;
  }

  static SampledSpan SpanOf(const Window& window, std::span<const int64_t> times) {
    return {.window_start = window.start,
            .window_end = window.end,
            .first_t = times.front(),
            .last_t = times.back(),
            .samples = times.size()};
  }

  const bool is_counter_;
  const double divisor_;
  RangeCall& call_;
  FloatResets resets_;
  HistogramIncrease histograms_;
};

}  // namespace

std::unique_ptr<RangeFunction> MakeRateFunction(RateKind kind, RangeCall& call) {
  return std::make_unique<RateFunction>(kind, call);
}

}  // namespace tidemark::promql
