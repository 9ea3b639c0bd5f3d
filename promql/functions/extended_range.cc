#include "promql/functions/extended_range.h"

#include <algorithm>
#include <utility>

#include "promql/functions/extended_histograms.h"
#include "promql/functions/extended_samples.h"
#include "promql/functions/extrapolate.h"
#include "promql/functions/over_time.h"
#include "promql/functions/rate.h"
#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

class ExtendedRate : public RangeFunction {
 public:
  ExtendedRate(bool is_counter, double divisor, RangeCall& call)
      : is_counter_(is_counter), divisor_(divisor), call_(call) {}

  Status Evaluate(const Window& window, size_t step, StepSeries& out) override {
    if (window.mixed()) {
      call_.Annotate(MixedFloatsHistograms(call_.metric));
    } else if (!window.floats.empty()) {
      OfFloats(window, step, out);
    } else if (auto increase = ExtendedHistogramIncrease(window, is_counter_, call_)) {
      if (divisor_ != 1) increase->Div(divisor_);
      out.SetHistogram(step, std::move(increase));
    }
    return OkStatus();
  }

  void EndSeries(const StepSeries& out) override {
    if (is_counter_) NotePossibleNonCounter(out, call_);
  }

 private:
  void OfFloats(const Window& w, size_t step, StepSeries& out) {
    const WindowEnds ends = FindWindowEnds(w.float_t, w.start, w.end, call_.reach);
    if (!ends.any) return;
    const double first = ValueAtStart(w.float_t, w.floats, ends, w.start, call_.reach, is_counter_);
    const double last = ValueAtEnd(w.float_t, w.floats, ends, w.end, call_.reach, is_counter_);
    double increase = last - first;
    if (is_counter_) {
      const Inside inside = SamplesInside(w.float_t, ends, w.start, w.end);
      increase += BeforeResets(first, w.floats.subspan(inside.from, inside.to - inside.from), last);
    }
    out.SetFloat(step, increase / divisor_);
  }

  // The sum of the values just before resets, on the way from `first` to `last`.
  static double BeforeResets(double first, std::span<const double> between, double last) {
    double sum = 0;
    double before = first;
    for (const double v : between) {
      if (v < before) sum += before;
      before = v;
    }
    return last < before ? sum + before : sum;
  }

  const bool is_counter_;
  const double divisor_;
  RangeCall& call_;
};

// The first sample that counts, of one type; of the other all that follow.
struct Anchor {
  size_t first_float = 0;
  size_t first_histogram = 0;
  bool any = false;
};

Anchor FindAnchor(const Window& w) {
  const auto at_or_before_start = [&](std::span<const int64_t> t) {
    return static_cast<size_t>(std::upper_bound(t.begin(), t.end(), w.start) - t.begin());
  };
  Anchor anchor{at_or_before_start(w.float_t), at_or_before_start(w.histogram_t)};
  anchor.any =
      anchor.first_float < w.float_t.size() || anchor.first_histogram < w.histogram_t.size();
  const size_t floats = anchor.first_float;
  const size_t histograms = anchor.first_histogram;
  if (floats > 0 && (histograms == 0 || w.float_t[floats - 1] >= w.histogram_t[histograms - 1])) {
    --anchor.first_float;
  } else if (histograms > 0) {
    --anchor.first_histogram;
  }
  return anchor;
}

std::span<const int64_t> From(std::span<const int64_t> starts, size_t from) {
  return starts.empty() ? starts : starts.subspan(from);
}

// resets() and changes(): those since the sample that held at the start.
class AnchoredCount : public RangeFunction {
 public:
  AnchoredCount(WindowFunction function, RangeCall& call) : function_(function), call_(call) {}

  Status Evaluate(const Window& window, size_t step, StepSeries& out) override {
    const Anchor anchor = FindAnchor(window);
    if (!anchor.any) return OkStatus();
    Window w = window;
    w.float_t = w.float_t.subspan(anchor.first_float);
    w.floats = w.floats.subspan(anchor.first_float);
    w.float_starts = From(w.float_starts, anchor.first_float);
    w.histogram_t = w.histogram_t.subspan(anchor.first_histogram);
    w.histograms = w.histograms.subspan(anchor.first_histogram);
    w.histogram_starts = From(w.histogram_starts, anchor.first_histogram);
    return function_(w, call_, step, out);
  }

 private:
  const WindowFunction function_;
  RangeCall& call_;
};

}  // namespace

std::unique_ptr<RangeFunction> MakeExtendedFunction(std::string_view name, RangeCall& call) {
  if (name == "delta") return std::make_unique<ExtendedRate>(false, 1, call);
  if (name == "increase") return std::make_unique<ExtendedRate>(true, 1, call);
  if (name == "rate") {
    return std::make_unique<ExtendedRate>(true, DurationSeconds(call.range_ms), call);
  }
  if (name == "changes") return std::make_unique<AnchoredCount>(Changes, call);
  CHECK(name == "resets", "a function that takes no window with a reach");
  return std::make_unique<AnchoredCount>(Resets, call);
}

}  // namespace tidemark::promql
