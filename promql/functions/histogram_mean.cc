#include "promql/functions/histogram_mean.h"

#include <utility>

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

bool HintsCollide(std::span<const HistogramPtr> histograms) {
  bool reset = false;
  bool not_reset = false;
  for (const HistogramPtr& h : histograms) {
    reset |= h->counter_reset_hint == CounterResetHint::kCounterReset;
    not_reset |= h->counter_reset_hint == CounterResetHint::kNotCounterReset;
  }
  return reset && not_reset;
}

// value + c, with Neumaier's compensation.
struct CompensatedHistogram {
  explicit CompensatedHistogram(const FloatHistogram& h) : value(h), c(h.NewCompensation()) {}

  Status Add(const FloatHistogram& h, HistogramSumNotes& notes) {
    ASSIGN_OR_RETURN(const FloatHistogram::Combined combined, value.KahanAdd(h, c));
    notes.bounds_reconciled |= combined.bounds_reconciled;
    return OkStatus();
  }
  void Mul(double factor) {
    value.Mul(factor);
    c.Mul(factor);
  }
  void Div(double divisor) {
    value.Div(divisor);
    c.Div(divisor);
  }
  StatusOr<std::shared_ptr<FloatHistogram>> Total() && {
    ASSIGN_OR_RETURN(const FloatHistogram::Combined combined, value.Add(c));
    (void)combined;
    return std::make_shared<FloatHistogram>(std::move(value));
  }

  FloatHistogram value;
  FloatHistogram c;
};

// mean over n - 1, and `h`, the n-th.
Status AddToMean(CompensatedHistogram& mean, const FloatHistogram& h, double n,
                 HistogramSumNotes& notes) {
  mean.Mul((n - 1) / n);
  FloatHistogram share = h;
  share.Div(n);
  return mean.Add(share, notes);
}

}  // namespace

StatusOr<std::shared_ptr<FloatHistogram>> SumOfHistograms(std::span<const HistogramPtr> histograms,
                                                          HistogramSumNotes& notes) {
  notes.counter_reset_collision = HintsCollide(histograms);
  CompensatedHistogram sum(*histograms.front());
  for (const HistogramPtr& h : histograms.subspan(1)) RETURN_IF_ERROR(sum.Add(*h, notes));
  return std::move(sum).Total();
}

StatusOr<std::shared_ptr<FloatHistogram>> MeanOfHistograms(std::span<const HistogramPtr> histograms,
                                                           HistogramSumNotes& notes) {
  notes.counter_reset_collision = HintsCollide(histograms);
  CompensatedHistogram sum(*histograms.front());
  size_t i = 1;
  for (; i < histograms.size(); ++i) {
    CompensatedHistogram next = sum;
    RETURN_IF_ERROR(next.Add(*histograms[i], notes));
    if (next.value.HasOverflow()) break;
    sum = std::move(next);
  }
  // All of them, or those before the sum overflowed.
  sum.Div(static_cast<double>(i));
  for (; i < histograms.size(); ++i) {
    RETURN_IF_ERROR(AddToMean(sum, *histograms[i], static_cast<double>(i + 1), notes));
  }
  return std::move(sum).Total();
}

}  // namespace tidemark::promql
