#include "promql/eval/smoothed_selector.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "promql/annotation_text.h"
#include "promql/functions/extended_histograms.h"
#include "promql/functions/extended_samples.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

class SmoothedSelector : public VectorOperator {
 public:
  SmoothedSelector(EvalContext& context, const VectorSelector& selector, const WindowTimes& times,
                   std::unique_ptr<RangeSource> source)
      : context_(context), selector_(selector), times_(times), source_(std::move(source)) {}
  ~SmoothedSelector() override { context_.meter.Release(metered_); }

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, source_->Series());
    names_.reserve(labels.size());
    for (const tsdb::Labels& l : labels) names_.emplace_back(l.metric_name());
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(source_->NextSeries());
    metric_ = std::move(names_[next_++]);
    buffer_.Clear();
    out.Reset(times_.steps.count);
    for (size_t step = 0; step < times_.steps.count; ++step) {
      RETURN_IF_ERROR(context_.CheckRunning(step));
      const int64_t start = times_.ReadStart(step);
      const int64_t end = times_.ReadEnd(step);
      RETURN_IF_ERROR(source_->Read(start, end, buffer_));
      const Window window = buffer_.Move(start, end);
      RETURN_IF_ERROR(Meter());
      if (!window.empty()) Smooth(window, times_.End(step), step, out);
    }
    return OkStatus();
  }

 private:
  void Smooth(const Window& w, int64_t t, size_t step, StepSeries& out) {
    if (w.mixed()) {
      context_.annotations.Add(MixedFloatsHistograms(metric_), selector_.pos);
    } else if (!w.floats.empty()) {
      SmoothFloats(w, t, step, out);
    } else if (HistogramPtr h = SmoothHistograms(w, t)) {
      out.SetHistogram(step, std::move(h));
    }
  }

  // The first sample at or after `t`.
  static size_t NextAt(std::span<const int64_t> times, int64_t t) {
    return static_cast<size_t>(std::lower_bound(times.begin(), times.end(), t) - times.begin());
  }

  static void SmoothFloats(const Window& w, int64_t t, size_t step, StepSeries& out) {
    const size_t i = NextAt(w.float_t, t);
    if (i < w.floats.size() && w.float_t[i] == t) {
      out.SetFloat(step, w.floats[i]);
    } else if (i > 0 && i < w.floats.size()) {
      out.SetFloat(step, Interpolate(w.float_t[i - 1], w.floats[i - 1], w.float_t[i], w.floats[i],
                                     t, /*is_counter=*/false));
    } else if (i > 0) {
      out.SetFloat(step, w.floats[i - 1]);
    }
  }

  HistogramPtr SmoothHistograms(const Window& w, int64_t t) {
    const size_t i = NextAt(w.histogram_t, t);
    if (i < w.histograms.size() && w.histogram_t[i] == t) return w.histograms[i];
    if (i == 0) return nullptr;
    const FloatHistogram& before = *w.histograms[i - 1];
    if (i < w.histograms.size()) return Between(w, i - 1, t);
    // Its hint speaks of a change that is not shown here.
    auto held = std::make_shared<FloatHistogram>(before);
    held->counter_reset_hint = CounterResetHint::kUnknown;
    return held;
  }

  HistogramPtr Between(const Window& w, size_t i, int64_t t) {
    const FloatHistogram& before = *w.histograms[i];
    const FloatHistogram& after = *w.histograms[i + 1];
    const bool gauges = before.counter_reset_hint == CounterResetHint::kGauge &&
                        after.counter_reset_hint == CounterResetHint::kGauge;
    if (before.UsesCustomBuckets() == after.UsesCustomBuckets()) {
      auto between =
          InterpolateHistograms({w.histogram_t[i], before}, {w.histogram_t[i + 1], after}, t,
                                !gauges, context_.annotations, selector_.pos);
      if (between.ok()) return *std::move(between);
    }
    context_.annotations.Add(MixedExponentialCustomHistograms(metric_), selector_.pos);
    return nullptr;
  }

  Status Meter() {
    context_.meter.Release(metered_);
    metered_ = buffer_.held();
    return context_.meter.Take(metered_);
  }

  EvalContext& context_;
  const VectorSelector& selector_;
  const WindowTimes times_;
  const std::unique_ptr<RangeSource> source_;
  SampleBuffer buffer_;
  std::vector<std::string> names_;  // of the metrics
  std::string metric_;              // of the current series
  size_t next_ = 0;
  uint64_t metered_ = 0;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeSmoothedSelector(EvalContext& context,
                                                     const VectorSelector& selector,
                                                     const WindowTimes& times,
                                                     std::unique_ptr<RangeSource> source) {
  return std::make_unique<SmoothedSelector>(context, selector, times, std::move(source));
}

}  // namespace tidemark::promql
