#include "promql/functions/histogram_increase.h"

#include <algorithm>
#include <utility>

#include "promql/functions/start_time.h"

namespace tidemark::promql {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

namespace {

bool IsGauge(const FloatHistogram& h) { return h.counter_reset_hint == CounterResetHint::kGauge; }

// Nothing observed yet, in the layout of `h`.
FloatHistogram EmptyLike(const FloatHistogram& h) {
  FloatHistogram empty;
  empty.schema = h.schema;
  empty.custom_values = h.custom_values;
  return empty;
}

}  // namespace

void HistogramIncrease::StartSeries() {
  resets_.clear();
  first_ordinal_ = 0;
}

bool HistogramIncrease::ResetAt(const Window& window, size_t i) const {
  return resets_[window.first_histogram + i - first_ordinal_];
}

void HistogramIncrease::FindResets(const Window& window) {
  const uint64_t known_until = first_ordinal_ + resets_.size();
  if (known_until <= window.first_histogram) {
    resets_.assign(1, false);  // the first one is compared with nothing
    first_ordinal_ = window.first_histogram;
  }
  for (size_t i = first_ordinal_ + resets_.size() - window.first_histogram;
       i < window.histograms.size(); ++i) {
    resets_.push_back(StartedAnew(window.histogram_starts, window.histogram_t, i) ||
                      window.histograms[i]->DetectReset(*window.histograms[i - 1]));
  }
}

// The checks that come before any arithmetic; annotations of a failed one
// replace those before it where Prometheus drops them, too.
bool HistogramIncrease::Compatible(const Window& window, const FloatHistogram& first,
                                   int32_t& min_schema, Notes& notes) {
  const std::span<const HistogramPtr> hs = window.histograms;
  const bool custom = first.UsesCustomBuckets();
  if (hs.back()->UsesCustomBuckets() != custom) {
    notes.push_back(MixedExponentialCustomHistograms(call_.metric));
    return false;
  }
  min_schema = std::min(hs.back()->schema, first.schema);
  if (!is_counter_) return true;
  for (const HistogramPtr& h : hs.subspan(1, hs.size() - 2)) {
    if (IsGauge(*h)) notes.push_back(NativeHistogramNotCounter(call_.metric));
    min_schema = std::min(min_schema, h->schema);
    if (h->UsesCustomBuckets() != custom) {
      notes.assign(1, MixedExponentialCustomHistograms(call_.metric));
      return false;
    }
  }
  return true;
}

bool HistogramIncrease::AddBeforeResets(const Window& window, FloatHistogram& sum, Notes& notes) {
  for (size_t i = 2; i < window.histograms.size(); ++i) {
    if (!ResetAt(window, i)) continue;
    const auto combined = sum.Add(*window.histograms[i - 1]);
    if (!combined.ok()) {
      notes.assign(1, MixedExponentialCustomHistograms(call_.metric));
      return false;
    }
    if (combined->bounds_reconciled) {
      notes.push_back(MismatchedCustomBuckets(HistogramOperation::kAddition));
    }
  }
  return true;
}

std::shared_ptr<FloatHistogram> HistogramIncrease::Of(const Window& window) {
  const FloatHistogram& last = *window.histograms.back();
  const FloatHistogram& second = *window.histograms[1];
  Notes notes;
  std::shared_ptr<FloatHistogram> result = std::make_shared<FloatHistogram>(last);
  const bool gauges = IsGauge(*window.histograms[0]) && IsGauge(last);
  const bool any_gauge = IsGauge(*window.histograms[0]) || IsGauge(last);
  if (is_counter_ && any_gauge) notes.push_back(NativeHistogramNotCounter(call_.metric));
  if (is_counter_) FindResets(window);
  // What comes before a reset is no longer of interest, nor is its layout.
  const bool reset_at_once = is_counter_ && ResetAt(window, 1);
  const FloatHistogram& first = *window.histograms[0];
  const FloatHistogram empty = reset_at_once ? EmptyLike(second) : FloatHistogram();
  const FloatHistogram& base = reset_at_once ? empty : first;

  int32_t min_schema = 0;
  bool ok = Compatible(window, base, min_schema, notes);
  if (ok && !last.UsesCustomBuckets()) ok = result->ReduceResolution(min_schema).ok();
  if (ok) {
    const auto combined = result->Sub(base);
    ok = combined.ok();
    if (!ok) notes.assign(1, MixedExponentialCustomHistograms(call_.metric));
    if (ok && combined->bounds_reconciled) {
      notes.push_back(MismatchedCustomBuckets(HistogramOperation::kSubtraction));
    }
  }
  if (ok && is_counter_ && AnyStartsOverlap(window.histogram_starts, window.histogram_t)) {
    notes.push_back(StartTimeOverlap(call_.metric));
  }
  if (ok && is_counter_) ok = AddBeforeResets(window, *result, notes);
  if (ok && !is_counter_ && !gauges) notes.push_back(NativeHistogramNotGauge(call_.metric));
  for (const Annotation& note : notes) call_.Annotate(note);
  if (!ok) return nullptr;
  result->counter_reset_hint = CounterResetHint::kGauge;
  result->Compact(0);
  return result;
}

}  // namespace tidemark::promql
