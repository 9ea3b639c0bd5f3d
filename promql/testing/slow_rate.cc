// rate, increase, delta, irate and idelta, from the samples of one window.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "promql/annotation_text.h"
#include "promql/testing/slow_evaluator.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

bool IsGauge(const SlowPoint& p) { return p.h->counter_reset_hint == CounterResetHint::kGauge; }

SlowHistogram AsGauge(FloatHistogram h) {
  h.counter_reset_hint = CounterResetHint::kGauge;
  h.Compact(0);
  return std::make_shared<const FloatHistogram>(std::move(h));
}

// Of a counter that fell, the line starts at zero.
double OnLine(const SlowPoint& a, const SlowPoint& b, int64_t t, bool counter) {
  const double from = counter && b.f < a.f ? 0 : a.f;
  return from + (b.f - from) * static_cast<double>(t - a.t) / static_cast<double>(b.t - a.t);
}

// The samples that a window with anchored or smoothed ends reaches over: from the
// last at or before its start to its last, or, smoothed, to the first at or after
// its end.
bool Reach(const std::vector<SlowPoint>& points, int64_t start, int64_t end, bool smoothed,
           size_t& first, size_t& last) {
  last = points.size() - 1;
  first = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].t <= start) first = i;
  }
  // The newest sample is never the one before the window.
  if (first == last && last > 0 && points[last].t <= start) first = last - 1;
  if (smoothed) {
    for (size_t i = points.size(); i-- > 0;) {
      if (points[i].t >= end) last = i;
    }
  }
  if (points[last].t <= start) return false;
  return !smoothed || points[first].t <= end;
}

}  // namespace

// Whether `point` counts from after `previous`, as its start time says; or from it,
// where that one counts from another time.
bool SlowEvaluator::StartsAnew(const SlowPoint& previous, const SlowPoint& point) const {
  if (!options_.use_start_timestamps) return false;
  if (point.start == 0 || point.start >= point.t) return false;
  if (point.start != previous.t) return point.start > previous.t;
  if (previous.start > previous.t) return false;
  return previous.start != 0 && previous.start != previous.t;
}

bool SlowEvaluator::AddTo(FloatHistogram& sum, const FloatHistogram& h, bool subtract,
                          std::string_view metric, PositionRange pos) {
  const auto combined = subtract ? sum.Sub(h) : sum.Add(h);
  if (!combined.ok()) {
    annotations_.Add(MixedExponentialCustomHistograms(metric), pos);
    return false;
  }
  if (combined->bounds_reconciled) {
    annotations_.Add(MismatchedCustomBuckets(subtract ? HistogramOperation::kSubtraction
                                                      : HistogramOperation::kAddition),
                     pos);
  }
  return true;
}

bool SlowEvaluator::Rate(const Window& window, const SlowSeries& series, bool counter,
                         bool per_second, PositionRange pos, SlowSample& out) {
  size_t histograms = 0;
  for (const SlowPoint& p : series.points) histograms += p.h != nullptr;
  if (histograms > 0 && histograms < series.points.size()) {
    annotations_.Add(MixedFloatsHistograms(series.labels.metric_name()), pos);
    return false;
  }
  if (!window.anchored && !window.smoothed) {
    return ExtrapolatedRate(window, series, counter, per_second, pos, out);
  }
  return histograms > 0 ? ExtendedHistograms(window, series, counter, per_second, pos, out)
                        : ExtendedFloats(window, series, counter, per_second, out);
}

bool SlowEvaluator::ExtrapolatedRate(const Window& window, const SlowSeries& series, bool counter,
                                     bool per_second, PositionRange pos, SlowSample& out) {
  const std::vector<SlowPoint>& points = series.points;
  const SlowPoint& first = points.front();
  const SlowPoint& last = points.back();
  const std::string metric(series.labels.metric_name());
  const bool is_float = first.h == nullptr;

  // The difference, with what resets took away.
  std::optional<FloatHistogram> increase;
  double change = 0;
  if (is_float) {
    change = last.f - first.f;
    for (size_t i = 1; counter && i < points.size(); ++i) {
      See(points[i].f);
      if (points[i].f < points[i - 1].f || StartsAnew(points[i - 1], points[i])) {
        change += points[i - 1].f;
      }
    }
  } else if (points.size() > 1) {
    const SlowHistogram h = HistogramIncrease(series, counter, pos);
    if (h == nullptr) return false;
    increase = *h;
  }
  for (size_t i = 1; options_.use_start_timestamps && counter && i < points.size(); ++i) {
    const int64_t start = points[i].start;
    if (start != 0 && start < points[i - 1].t && start != points[i - 1].start) {
      annotations_.Add(StartTimeOverlap(metric), pos);
      break;
    }
  }

  // Up to the ends of the window, if they are about one sample away.
  double to_start = Seconds(first.t - window.start);
  double to_end = Seconds(window.end - last.t);
  double covered = Seconds(last.t - first.t);
  const auto gaps = static_cast<double>(points.size() - 1);
  const double gap = gaps > 0 ? covered / gaps : 0;
  const bool starts_inside = options_.use_start_timestamps && counter && first.start != 0 &&
                             first.start > window.start && first.start < first.t;
  if (starts_inside) {
    to_start = 0;
    covered = Seconds(last.t - first.start);
    if (is_float) {
      change += first.f;
    } else if (!increase.has_value()) {
      increase = *first.h;
    } else if (!AddTo(*increase, *first.h, false, metric, pos)) {
      return false;
    }
  } else if (points.size() < 2) {
    return false;
  } else {
    if (to_start >= gap * 1.1) to_start = gap / 2;
    if (counter) {
      // Not before the counter was zero.
      double to_zero = to_start;
      if (change > 0 && is_float && first.f >= 0) {
        to_zero = covered * (first.f / change);
      } else if (!is_float && increase->count > 0 && first.h->count >= 0) {
        to_zero = covered * (first.h->count / increase->count);
      }
      to_start = to_zero < to_start ? to_zero : to_start;
    }
  }
  if (to_end >= gap * 1.1) to_end = gap / 2;
  double factor = covered == 0 ? 1 : (covered + to_start + to_end) / covered;
  if (per_second) factor /= Seconds(window.range_ms);
  if (is_float) {
    out.f = change * factor;
  } else {
    increase->Mul(factor);
    out.h = std::make_shared<const FloatHistogram>(*std::move(increase));
  }
  return true;
}

// The last histogram less the first, plus each one before a reset; null, with a
// warning, where they do not go together.
SlowHistogram SlowEvaluator::HistogramIncrease(const SlowSeries& series, bool counter,
                                               PositionRange pos) {
  const std::vector<SlowPoint>& points = series.points;
  const std::string metric(series.labels.metric_name());
  auto reset_at = [&](size_t i, const FloatHistogram& previous) {
    return StartsAnew(points[i - 1], points[i]) || points[i].h->DetectReset(previous);
  };

  // A first one that the second was reset against does not count, and its layout
  // does not matter.
  FloatHistogram before = *points[0].h;
  if (counter && reset_at(1, before)) {
    before = {};
    before.schema = points[1].h->schema;
    before.custom_values = points[1].h->custom_values;
  }
  const FloatHistogram& last = *points.back().h;
  const bool custom = before.UsesCustomBuckets();
  Annotations notes;
  auto incompatible = [&](bool alone) {
    if (!alone) annotations_.Merge(notes);
    annotations_.Add(MixedExponentialCustomHistograms(metric), pos);
    return nullptr;
  };
  if (counter && (IsGauge(points[0]) || IsGauge(points.back()))) {
    notes.Add(NativeHistogramNotCounter(metric), pos);
  }
  if (last.UsesCustomBuckets() != custom) return incompatible(false);
  int32_t schema = std::min(last.schema, before.schema);
  for (size_t i = 1; counter && i + 1 < points.size(); ++i) {
    if (IsGauge(points[i])) notes.Add(NativeHistogramNotCounter(metric), pos);
    schema = std::min(schema, points[i].h->schema);
    if (points[i].h->UsesCustomBuckets() != custom) return incompatible(true);
  }

  FloatHistogram increase = last;
  if (!custom && !increase.ReduceResolution(schema).ok()) return nullptr;
  const auto subtracted = increase.Sub(before);
  if (!subtracted.ok()) return incompatible(true);
  if (subtracted->bounds_reconciled) {
    notes.Add(MismatchedCustomBuckets(HistogramOperation::kSubtraction), pos);
  }
  for (size_t i = 1; counter && i < points.size(); ++i) {
    if (reset_at(i, before)) {
      const auto added = increase.Add(before);
      if (!added.ok()) return incompatible(true);
      if (added->bounds_reconciled) {
        notes.Add(MismatchedCustomBuckets(HistogramOperation::kAddition), pos);
      }
    }
    before = *points[i].h;
  }
  if (!counter && !(IsGauge(points.front()) && IsGauge(points.back()))) {
    notes.Add(NativeHistogramNotGauge(metric), pos);
  }
  annotations_.Merge(notes);
  return AsGauge(std::move(increase));
}

bool SlowEvaluator::InstantRate(const SlowSeries& series, bool per_second, PositionRange pos,
                                SlowSample& out) {
  if (series.points.size() < 2) return false;
  const SlowPoint& a = series.points[series.points.size() - 2];
  const SlowPoint& b = series.points.back();
  const std::string metric(series.labels.metric_name());
  const double seconds = Seconds(b.t - a.t);
  if ((a.h == nullptr) != (b.h == nullptr)) {
    annotations_.Add(MixedFloatsHistograms(metric), pos);
    return false;
  }
  if (a.h == nullptr) {
    const bool reset = per_second && (b.f < a.f || StartsAnew(a, b));
    out.f = reset ? b.f : b.f - a.f;
    if (per_second) out.f /= seconds;
    return true;
  }
  if (per_second && (IsGauge(a) || IsGauge(b))) {
    annotations_.Add(NativeHistogramNotCounter(metric), pos);
  }
  if (!per_second && !(IsGauge(a) && IsGauge(b))) {
    annotations_.Add(NativeHistogramNotGauge(metric), pos);
  }
  FloatHistogram h = *b.h;
  if (!per_second || !(StartsAnew(a, b) || b.h->DetectReset(*a.h))) {
    if (!AddTo(h, *a.h, true, metric, pos)) return false;
  }
  h.counter_reset_hint = CounterResetHint::kGauge;
  h.Compact(0);
  if (per_second) h.Div(seconds);
  out.h = std::make_shared<const FloatHistogram>(std::move(h));
  return true;
}

bool SlowEvaluator::ExtendedFloats(const Window& window, const SlowSeries& series, bool counter,
                                   bool per_second, SlowSample& out) {
  const std::vector<SlowPoint>& points = series.points;
  size_t first = 0;
  size_t last = 0;
  if (!Reach(points, window.start, window.end, window.smoothed, first, last)) return false;
  double left = points[first].f;
  if (window.smoothed && points[first].t < window.start) {
    left = OnLine(points[first], points[first + 1], window.start, counter);
  }
  double right = points[last].f;
  if (window.smoothed && last > 0 && points[last].t > window.end) {
    right = OnLine(points[last - 1], points[last], window.end, counter);
  }
  out.f = right - left;
  if (counter) {
    double before = left;
    for (size_t i = first; i <= last; ++i) {
      const bool at_start = i == first && points[i].t <= window.start;
      const bool at_end = i == last && points[i].t >= window.end;
      if (at_start || at_end) continue;
      if (points[i].f < before) out.f += before;
      before = points[i].f;
    }
    if (right < before) out.f += before;
  }
  if (per_second) out.f /= Seconds(window.range_ms);
  return true;
}

bool SlowEvaluator::WithEnds(const Window& window, SlowSeries& series) {
  if (!window.anchored && !window.smoothed) return true;
  const std::vector<SlowPoint>& points = series.points;
  if (std::any_of(points.begin(), points.end(),
                  [](const SlowPoint& p) { return p.h != nullptr; })) {
    Fail(fmt::format("{} modifier is not supported with histograms",
                     window.anchored ? "anchored" : "smoothed"));
    return false;
  }
  size_t first = 0;
  size_t last = 0;
  Reach(points, window.start, window.end, window.smoothed, first, last);
  if (points[last].t <= window.start) return false;
  SlowPoint left = points[first];
  if (window.smoothed && left.t < window.start) {
    left.f = OnLine(points[first], points[first + 1], window.start, false);
  }
  SlowPoint right = points[last];
  if (window.smoothed && last > 0 && right.t > window.end) {
    right.f = OnLine(points[last - 1], points[last], window.end, false);
  }
  left.t = window.start;
  right.t = window.end;
  std::vector<SlowPoint> inside = {left};
  for (size_t i = first; i <= last; ++i) {
    const bool at_start = i == first && points[i].t <= window.start;
    const bool at_end = i == last && points[i].t >= window.end;
    if (!at_start && !at_end) inside.push_back(points[i]);
  }
  inside.push_back(right);
  series.points = std::move(inside);
  return true;
}

// Between two histograms; null, with a warning, where they do not go together.
SlowHistogram SlowEvaluator::Interpolated(const SlowPoint& a, const SlowPoint& b, int64_t t,
                                          bool counter, std::string_view metric,
                                          PositionRange pos) {
  if (t == a.t) return a.h;
  if (t == b.t) return b.h;
  const double share = static_cast<double>(t - a.t) / static_cast<double>(b.t - a.t);
  FloatHistogram h = *b.h;
  if (counter && b.h->DetectReset(*a.h)) {
    h.Mul(share);
    return std::make_shared<const FloatHistogram>(std::move(h));
  }
  if (!AddTo(h, *a.h, true, metric, pos)) return nullptr;
  h.Mul(share);
  if (!AddTo(h, *a.h, false, metric, pos)) return nullptr;
  return std::make_shared<const FloatHistogram>(std::move(h));
}

bool SlowEvaluator::ExtendedHistograms(const Window& window, const SlowSeries& series, bool counter,
                                       bool per_second, PositionRange pos, SlowSample& out) {
  const std::vector<SlowPoint>& points = series.points;
  const std::string metric(series.labels.metric_name());
  size_t first = 0;
  size_t last = 0;
  if (!Reach(points, window.start, window.end, window.smoothed, first, last)) return false;
  for (size_t i = first; i <= last; ++i) {
    if (points[i].h->UsesCustomBuckets() != points[first].h->UsesCustomBuckets()) {
      annotations_.Add(MixedExponentialCustomHistograms(metric), pos);
      return false;
    }
    if (counter && IsGauge(points[i])) annotations_.Add(NativeHistogramNotCounter(metric), pos);
  }
  const bool left_between = window.smoothed && points[first].t < window.start;
  SlowHistogram left = points[first].h;
  if (left_between) {
    left = Interpolated(points[first], points[first + 1], window.start, counter, metric, pos);
  }
  if (left == nullptr) return false;
  SlowHistogram right = points[last].h;
  if (window.smoothed && last > 0 && points[last].t > window.end) {
    right = Interpolated(points[last - 1], points[last], window.end, counter, metric, pos);
  }
  if (right == nullptr) return false;
  if (!counter && (left->counter_reset_hint != CounterResetHint::kGauge ||
                   right->counter_reset_hint != CounterResetHint::kGauge)) {
    annotations_.Add(NativeHistogramNotGauge(metric), pos);
  }
  FloatHistogram result = *right;
  if (!AddTo(result, *left, true, metric, pos)) return false;

  if (counter) {
    // What each reset took away; the one that the left end lies in is in it already.
    size_t from = first + 1;
    const FloatHistogram* before = left.get();
    if (left_between && points[first + 1].h->DetectReset(*points[first].h)) {
      before = points[first + 1].h.get();
      ++from;
    }
    std::optional<FloatHistogram> correction;
    auto correct = [&](const FloatHistogram& h) {
      if (correction.has_value()) return AddTo(*correction, h, false, metric, pos);
      correction = h;
      return true;
    };
    if (from <= last) {
      for (size_t i = from; i < last; ++i) {
        if (points[i].h->DetectReset(*before) && !correct(*before)) return false;
        before = points[i].h.get();
      }
      if (right->DetectReset(*before) && !correct(*before)) return false;
    }
    if (correction.has_value() && !AddTo(result, *correction, false, metric, pos)) return false;
  }
  if (per_second) result.Div(Seconds(window.range_ms));
  out.h = AsGauge(std::move(result));
  return true;
}

}  // namespace tidemark::promql
