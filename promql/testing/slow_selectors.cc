// Selectors: raw samples of the moment, of a window, and of a subquery.
#include <algorithm>
#include <map>
#include <utility>

#include "promql/annotation_text.h"
#include "promql/eval/metadata_labels.h"
#include "promql/plan/duration.h"
#include "promql/testing/slow_evaluator.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;
using tsdb::Labels;
using tsdb::Matcher;

bool IsStale(const SlowPoint& p) { return p.h == nullptr ? tsdb::IsStaleNaN(p.f) : p.h->IsStale(); }

int64_t Shifted(const ResolvedShift& shift, int64_t t) {
  return shift.at.value_or(t) - shift.offset_ms;
}

// Count and sum, and whether it was reset against the one before it, which cannot
// be seen without the buckets.
SlowHistogram WithoutBuckets(const FloatHistogram& h, const FloatHistogram* before) {
  FloatHistogram stats;
  stats.counter_reset_hint = h.counter_reset_hint;
  stats.schema = h.schema;
  stats.count = h.count;
  stats.sum = h.sum;
  if (h.counter_reset_hint == CounterResetHint::kUnknown && before != nullptr) {
    stats.counter_reset_hint = h.DetectReset(*before) ? CounterResetHint::kCounterReset
                                                      : CounterResetHint::kNotCounterReset;
  }
  return std::make_shared<const FloatHistogram>(std::move(stats));
}

}  // namespace

std::vector<const SlowSeries*> SlowEvaluator::Select(const std::vector<Matcher>& matchers) const {
  std::vector<const SlowSeries*> found;
  for (const SlowSeries& series : data_) {
    if (std::all_of(matchers.begin(), matchers.end(),
                    [&](const Matcher& m) { return m.Matches(series.labels.Get(m.name())); })) {
      found.push_back(&series);
    }
  }
  return found;
}

std::vector<SlowPoint> SlowEvaluator::PointsOf(const SlowSeries& series) const {
  if (!path_.counts || path_.buckets) return series.points;
  std::vector<SlowPoint> points = series.points;
  const FloatHistogram* before = nullptr;
  for (size_t i = 0; i < points.size(); ++i) {
    const SlowHistogram& h = series.points[i].h;
    if (h == nullptr || h->IsStale()) continue;
    points[i].h = WithoutBuckets(*h, before);
    before = h.get();
  }
  return points;
}

const SlowPoint* SlowEvaluator::Newest(const std::vector<SlowPoint>& points, int64_t t) const {
  const SlowPoint* newest = nullptr;
  for (const SlowPoint& p : points) {
    if (p.t <= t && p.t > t - lookback_ms_) newest = &p;
  }
  return newest == nullptr || IsStale(*newest) ? nullptr : newest;
}

SlowVectors SlowEvaluator::EvalSelector(const VectorSelector& selector, const SlowTimes& times) {
  SlowVectors vectors(times.size());
  const StatusOr<ResolvedShift> shift = ResolveShift(selector.shift, query_);
  if (!shift.ok()) {
    error_ = shift.status();
    return vectors;
  }
  for (const SlowSeries* series : Select(selector.matchers)) {
    const SlowSeries read{series->labels, PointsOf(*series), false};
    for (size_t i = 0; i < times.size(); ++i) {
      const int64_t t = Shifted(*shift, times[i]);
      SlowSample sample{.labels = read.labels, .f = 0, .h = nullptr};
      if (selector.smoothed && !at_sample_times_) {
        if (Smoothed(read, selector, t, sample)) vectors[i].push_back(std::move(sample));
      } else if (const SlowPoint* p = Newest(read.points, t)) {
        vectors[i].push_back({read.labels, p->f, p->h, false, p->t, p->start});
      }
    }
  }
  return vectors;
}

// The value at `t`, on the line between the samples before and after it.
bool SlowEvaluator::Smoothed(const SlowSeries& series, const VectorSelector& selector, int64_t t,
                             SlowSample& out) {
  std::vector<SlowPoint> near;
  bool floats = false;
  bool histograms = false;
  for (const SlowPoint& p : series.points) {
    if (p.t <= t - lookback_ms_ || p.t > t + lookback_ms_ || IsStale(p)) continue;
    near.push_back(p);
    (p.h == nullptr ? floats : histograms) = true;
  }
  const std::string metric(series.labels.metric_name());
  if (floats && histograms) {
    annotations_.Add(MixedFloatsHistograms(metric), selector.pos);
    return false;
  }
  const auto after =
      std::find_if(near.begin(), near.end(), [&](const SlowPoint& p) { return p.t >= t; });
  if (after != near.end() && after->t == t) {
    out.f = after->f;
    out.h = after->h;
    return true;
  }
  if (after == near.begin()) return false;
  const SlowPoint& a = *(after - 1);
  if (after == near.end()) {
    out.f = a.f;
    if (a.h == nullptr) return true;
    FloatHistogram held = *a.h;
    held.counter_reset_hint = CounterResetHint::kUnknown;
    out.h = std::make_shared<const FloatHistogram>(std::move(held));
    return true;
  }
  const SlowPoint& b = *after;
  if (a.h == nullptr) {
    out.f = a.f + (b.f - a.f) * static_cast<double>(t - a.t) / static_cast<double>(b.t - a.t);
    return true;
  }
  const bool counter = a.h->counter_reset_hint != CounterResetHint::kGauge ||
                       b.h->counter_reset_hint != CounterResetHint::kGauge;
  if (a.h->UsesCustomBuckets() != b.h->UsesCustomBuckets()) {
    annotations_.Add(MixedExponentialCustomHistograms(metric), selector.pos);
    return false;
  }
  out.h = Interpolated(a, b, t, counter, metric, selector.pos);
  return out.h != nullptr;
}

std::vector<SlowEvaluator::Ranges> SlowEvaluator::EvalRanges(const Expr& expr,
                                                             const SlowTimes& times,
                                                             bool keep_hints) {
  const Expr* range = Unwrap(&expr);
  if (const auto* subquery = As<SubqueryExpr>(range)) {
    return EvalSubquery(*subquery, times, keep_hints);
  }
  return EvalMatrix(*As<MatrixSelector>(range), times);
}

std::vector<SlowEvaluator::Ranges> SlowEvaluator::EvalMatrix(const MatrixSelector& matrix,
                                                             const SlowTimes& times) {
  std::vector<Ranges> ranges(times.size());
  const VectorSelector& selector = *matrix.selector;
  const StatusOr<ResolvedShift> shift = ResolveShift(selector.shift, query_);
  const StatusOr<int64_t> range_ms =
      ResolvePositiveDuration(matrix.range_expr.get(), matrix.range_ms, query_);
  if (!shift.ok() || !range_ms.ok()) {
    error_ = shift.ok() ? range_ms.status() : shift.status();
    return ranges;
  }
  const std::vector<const SlowSeries*> selected = Select(selector.matchers);
  for (size_t i = 0; i < times.size(); ++i) {
    const int64_t end = Shifted(*shift, times[i]);
    ranges[i].window = {.start = end - *range_ms,
                        .end = end,
                        .range_ms = *range_ms,
                        .step = times[i],
                        .anchored = selector.anchored,
                        .smoothed = selector.smoothed};
    const int64_t before = selector.anchored || selector.smoothed ? lookback_ms_ : 0;
    const int64_t after = selector.smoothed ? lookback_ms_ : 0;
    for (const SlowSeries* series : selected) {
      SlowSeries cut{series->labels, {}, false};
      for (const SlowPoint& p : PointsOf(*series)) {
        if (p.t <= end - *range_ms - before || p.t > end + after || IsStale(p)) continue;
        cut.points.push_back(p);
      }
      if (!cut.points.empty()) ranges[i].series.push_back(std::move(cut));
    }
  }
  return ranges;
}

std::vector<SlowEvaluator::Ranges> SlowEvaluator::EvalSubquery(const SubqueryExpr& subquery,
                                                               const SlowTimes& times,
                                                               bool keep_hints) {
  std::vector<Ranges> ranges(times.size());
  const StatusOr<ResolvedShift> shift = ResolveShift(subquery.shift, query_);
  const StatusOr<int64_t> range_ms =
      ResolvePositiveDuration(subquery.range_expr.get(), subquery.range_ms, query_);
  const StatusOr<int64_t> asked_step =
      ResolvePositiveDuration(subquery.step_expr.get(), subquery.step_ms, query_);
  for (const Status& status : {shift.status(), range_ms.status(), asked_step.status()}) {
    if (!status.ok()) {
      error_ = status;
      return ranges;
    }
  }
  const int64_t step_ms = *asked_step == 0 ? options_.default_subquery_step_ms : *asked_step;

  // At all multiples of the step from the first window to the last, whether or not
  // a window holds them.
  SlowTimes inner_times;
  const int64_t first = Shifted(*shift, times.front()) - *range_ms;
  int64_t t = first / step_ms * step_ms;
  while (t <= first) t += step_ms;
  const int64_t last = Shifted(*shift, times.back());
  const bool inner_is_range = t < last;
  for (; t <= last; t += step_ms) inner_times.push_back(t);

  const Path path = std::exchange(path_, {.counts = path_.counts, .buckets = true});
  const bool is_range = std::exchange(is_range_, inner_is_range);
  const SlowVectors inner = Eval(*subquery.expr, inner_times);
  path_ = path;
  is_range_ = is_range;

  for (size_t i = 0; i < times.size(); ++i) {
    const int64_t end = Shifted(*shift, times[i]);
    ranges[i].window = {
        .start = end - *range_ms, .end = end, .range_ms = *range_ms, .step = times[i]};
    std::map<Labels, SlowSeries> rows;
    for (size_t k = 0; k < inner_times.size(); ++k) {
      if (inner_times[k] <= end - *range_ms || inner_times[k] > end) continue;
      for (const SlowSample& s : inner[k]) {
        SlowSeries& row = rows[s.labels];
        row.labels = s.labels;
        row.drop_name |= s.drop_name;
        SlowPoint p{inner_times[k], s.f, s.h};
        const bool hinted =
            !keep_hints && s.h != nullptr && s.h->counter_reset_hint != CounterResetHint::kGauge;
        if (hinted) {
          FloatHistogram unknown = *s.h;
          unknown.counter_reset_hint = CounterResetHint::kUnknown;
          p.h = std::make_shared<const FloatHistogram>(std::move(unknown));
        }
        if (!IsStale(p)) row.points.push_back(std::move(p));
      }
    }
    for (auto& [labels, row] : rows) {
      if (!row.points.empty()) ranges[i].series.push_back(std::move(row));
    }
  }
  return ranges;
}

}  // namespace tidemark::promql
