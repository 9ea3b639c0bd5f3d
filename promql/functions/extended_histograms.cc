#include "promql/functions/extended_histograms.h"

#include <utility>

#include "promql/functions/extended_samples.h"

namespace tidemark::promql {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

using Histogram = std::shared_ptr<FloatHistogram>;

namespace {

bool IsGauge(const FloatHistogram& h) { return h.counter_reset_hint == CounterResetHint::kGauge; }

class HistogramEnds {
 public:
  HistogramEnds(const Window& w, bool is_counter, RangeCall& call)
      : w_(w),
        is_counter_(is_counter),
        call_(call),
        smoothed_(call.reach == WindowReach::kSmoothed),
        ends_(FindWindowEnds(w.histogram_t, w.start, w.end, call.reach)) {}

  Histogram Increase() {
    if (!ends_.any || !OfOneKind()) return nullptr;
    const Histogram first = AtStart();
    if (first == nullptr) return nullptr;
    const Histogram last = AtEnd();
    if (last == nullptr) return nullptr;
    if (!is_counter_ && !(IsGauge(*first) && IsGauge(*last))) {
      call_.Annotate(NativeHistogramNotGauge(call_.metric));
    }
    auto increase = std::make_shared<FloatHistogram>(*last);
    if (!Note(increase->Sub(*first), HistogramOperation::kSubtraction)) return nullptr;
    if (is_counter_ && !AddBeforeResets(*first, *last, *increase)) return nullptr;
    increase->counter_reset_hint = CounterResetHint::kGauge;
    increase->Compact(0);
    return increase;
  }

 private:
  const FloatHistogram& At(size_t i) const { return *w_.histograms[i]; }

  bool OfOneKind() {
    const bool custom = At(ends_.first).UsesCustomBuckets();
    for (size_t i = ends_.first; i <= ends_.last; ++i) {
      if (At(i).UsesCustomBuckets() != custom) {
        call_.Annotate(MixedExponentialCustomHistograms(call_.metric));
        return false;
      }
      if (is_counter_ && IsGauge(At(i))) call_.Annotate(NativeHistogramNotCounter(call_.metric));
    }
    return true;
  }

  Histogram AtStart() {
    const size_t i = ends_.first;
    if (smoothed_ && w_.histogram_t[i] < w_.start) return Between(i, i + 1, w_.start);
    return std::make_shared<FloatHistogram>(At(i));
  }

  Histogram AtEnd() {
    const size_t i = ends_.last;
    if (smoothed_ && i > 0 && w_.histogram_t[i] > w_.end) return Between(i - 1, i, w_.end);
    return std::make_shared<FloatHistogram>(At(i));
  }

  Histogram Between(size_t i, size_t j, int64_t t) {
    auto between = InterpolateHistograms({w_.histogram_t[i], At(i)}, {w_.histogram_t[j], At(j)}, t,
                                         is_counter_, call_.context.annotations, call_.pos);
    if (between.ok()) return *std::move(between);
    call_.Annotate(MixedExponentialCustomHistograms(call_.metric));
    return nullptr;
  }

  // The last sample counts through `last`, which has its hint: compared as a
  // sample of its own it would be found reset twice.
  bool AddBeforeResets(const FloatHistogram& first, const FloatHistogram& last,
                       FloatHistogram& increase) {
    size_t i = ends_.first + 1;
    const FloatHistogram* before = &first;
    if (smoothed_ && w_.histogram_t[ends_.first] < w_.start && At(i).DetectReset(At(ends_.first))) {
      // A reset that `first` was interpolated across has been dealt with.
      before = &At(i++);
    }
    if (i > ends_.last) return true;
    Histogram sum;
    for (; i < ends_.last; before = &At(i++)) {
      if (At(i).DetectReset(*before) && !AddTo(sum, *before)) return false;
    }
    if (last.DetectReset(*before) && !AddTo(sum, *before)) return false;
    return sum == nullptr || Note(increase.Add(*sum), HistogramOperation::kAddition);
  }

  bool AddTo(Histogram& sum, const FloatHistogram& h) {
    if (sum != nullptr) return Note(sum->Add(h), HistogramOperation::kAddition);
    sum = std::make_shared<FloatHistogram>(h);
    return true;
  }

  template <typename Combined>
  bool Note(const Combined& combined, HistogramOperation operation) {
    if (!combined.ok()) {
      call_.Annotate(MixedExponentialCustomHistograms(call_.metric));
      return false;
    }
    if (combined->bounds_reconciled) call_.Annotate(MismatchedCustomBuckets(operation));
    return true;
  }

  const Window& w_;
  const bool is_counter_;
  RangeCall& call_;
  const bool smoothed_;
  const WindowEnds ends_;
};

}  // namespace

StatusOr<Histogram> InterpolateHistograms(const TimedHistogram& first, const TimedHistogram& second,
                                          int64_t t, bool is_counter, Annotations& annotations,
                                          PositionRange pos) {
  if (t == first.t) return std::make_shared<FloatHistogram>(first.h);
  auto result = std::make_shared<FloatHistogram>(second.h);
  if (t == second.t) return result;
  const double fraction =
      static_cast<double>(t - first.t) / static_cast<double>(second.t - first.t);
  if (is_counter && second.h.DetectReset(first.h)) {
    result->Mul(fraction);
    return result;
  }
  ASSIGN_OR_RETURN(const auto difference, result->Sub(first.h));
  if (difference.bounds_reconciled) {
    annotations.Add(MismatchedCustomBuckets(HistogramOperation::kSubtraction), pos);
  }
  result->Mul(fraction);
  ASSIGN_OR_RETURN(const auto sum, result->Add(first.h));
  if (sum.bounds_reconciled) {
    annotations.Add(MismatchedCustomBuckets(HistogramOperation::kAddition), pos);
  }
  return result;
}

Histogram ExtendedHistogramIncrease(const Window& window, bool is_counter, RangeCall& call) {
  return HistogramEnds(window, is_counter, call).Increase();
}

}  // namespace tidemark::promql
