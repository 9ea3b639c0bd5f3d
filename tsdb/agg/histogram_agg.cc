#include "tsdb/agg/histogram_agg.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidemark::tsdb {
namespace {

// Whether a step from one to the other leaves all sums independent of order.
// Resolution may change: what is lost to the lower one is lost either way.
bool SameKind(const FloatHistogram& a, const FloatHistogram& b) {
  return a.UsesCustomBuckets() == b.UsesCustomBuckets() && a.zero_threshold == b.zero_threshold &&
         a.custom_values == b.custom_values;
}

}  // namespace

void HistogramAgg::Add(int64_t t, const FloatHistogram& h) {
  HistogramAgg one;
  one.n = 1;
  one.first = one.last = {t, h};
  one.lowest_schema = h.schema;
  one.sum = h;
  one.compensation = h.NewCompensation();
  one.gauges = h.counter_reset_hint == CounterResetHint::kGauge ? 1 : 0;
  one.reset_hint_seen = h.counter_reset_hint == CounterResetHint::kCounterReset;
  one.no_reset_hint_seen = h.counter_reset_hint == CounterResetHint::kNotCounterReset;
  one.raw_only = h.HasOverflow();
  Combine(one);
}

void HistogramAgg::Combine(const HistogramAgg& later) {
  if (later.n == 0) return;
  if (n == 0) {
    *this = later;
    return;
  }
  raw_only |= later.raw_only || !SameKind(last.h, later.first.h);
  if (!raw_only) {
    CombineResets(later);
    CombineSums(later);
  }
  last = later.last;
  gauges += later.gauges;
  reset_hint_seen |= later.reset_hint_seen;
  no_reset_hint_seen |= later.no_reset_hint_seen;
  n += later.n;
}

void HistogramAgg::CombineResets(const HistogramAgg& later) {
  const bool reset_between = later.first.h.DetectReset(last.h);
  if (n == 1) {
    first_is_reset = reset_between;
    lowest_schema = later.first.h.schema;
  } else {
    if (reset_between) AddCorrection(last.h);
    lowest_schema = std::min(lowest_schema, later.first.h.schema);
  }
  // The first one of `later` is not the first any more.
  if (later.first_is_reset) AddCorrection(later.first.h);
  if (later.has_correction) AddCorrection(later.correction);
  if (later.n > 1) lowest_schema = std::min(lowest_schema, later.lowest_schema);
}

void HistogramAgg::CombineSums(const HistogramAgg& later) {
  no_sums |= later.no_sums;
  if (no_sums) return;
  const bool added = sum.KahanAdd(later.sum, compensation).ok() &&
                     sum.KahanAdd(later.compensation, compensation).ok();
  raw_only |= !added || sum.HasOverflow();
}

void HistogramAgg::AddCorrection(const FloatHistogram& h) {
  if (has_correction) {
    raw_only |= !correction.Add(h).ok();
  } else {
    correction = h;
    has_correction = true;
  }
}

Status HistogramAgg::CheckEnough(uint64_t samples) const {
  if (n < samples) {
    return FailedPrecondition(fmt::format("{} histograms, {} wanted", n, samples));
  }
  if (raw_only) {
    return FailedPrecondition("histograms of a kind that changes: only the samples tell");
  }
  return OkStatus();
}

Status HistogramAgg::CheckSums() const {
  RETURN_IF_ERROR(CheckEnough(1));
  if (no_sums) return FailedPrecondition("no sums of histograms are kept: only the samples tell");
  return OkStatus();
}

StatusOr<FloatHistogram> HistogramAgg::Increase() const {
  RETURN_IF_ERROR(CheckEnough(2));
  FloatHistogram h = last.h;
  const int32_t schema = first_is_reset ? lowest_schema : std::min(lowest_schema, first.h.schema);
  if (!h.UsesCustomBuckets()) RETURN_IF_ERROR(h.ReduceResolution(schema));
  if (!first_is_reset) RETURN_IF_ERROR(h.Sub(first.h).status());
  if (has_correction) RETURN_IF_ERROR(h.Add(correction).status());
  h.counter_reset_hint = CounterResetHint::kGauge;
  h.Compact(0);
  return h;
}

StatusOr<FloatHistogram> HistogramAgg::Delta() const {
  RETURN_IF_ERROR(CheckEnough(2));
  FloatHistogram h = last.h;
  RETURN_IF_ERROR(h.Sub(first.h).status());
  h.counter_reset_hint = CounterResetHint::kGauge;
  h.Compact(0);
  return h;
}

StatusOr<FloatHistogram> HistogramAgg::Sum() const {
  RETURN_IF_ERROR(CheckSums());
  FloatHistogram total = sum;
  RETURN_IF_ERROR(total.Add(compensation).status());
  return total;
}

StatusOr<FloatHistogram> HistogramAgg::Average() const {
  RETURN_IF_ERROR(CheckSums());
  FloatHistogram mean = sum;
  FloatHistogram rest = compensation;
  mean.Div(static_cast<double>(n));
  rest.Div(static_cast<double>(n));
  RETURN_IF_ERROR(mean.Add(rest).status());
  return mean;
}

}  // namespace tidemark::tsdb
