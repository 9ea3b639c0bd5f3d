// Functions of ranges, from the samples of one window.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "promql/annotation_text.h"
#include "promql/eval/metadata_labels.h"
#include "promql/functions/quantile.h"
#include "promql/parser/functions.h"
#include "promql/testing/slow_evaluator.h"
#include "tsdb/model/kahan.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;
using tsdb::KahanInc;
using tsdb::Labels;

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

bool IsRate(std::string_view name) {
  return name == "rate" || name == "increase" || name == "delta";
}

bool LooksLikeCounter(std::string_view metric) {
  return metric.ends_with("_total") || metric.ends_with("_sum") || metric.ends_with("_count") ||
         metric.ends_with("_bucket");
}

double SumOf(const std::vector<double>& values) {
  double sum = 0;
  double c = 0;
  for (double v : values) KahanInc(v, sum, c);
  return std::isinf(sum) ? sum : sum + c;
}

struct Line {
  double slope;
  double intercept;
};

// By least squares; the intercept at `t`.
Line Regression(const std::vector<SlowPoint>& floats, int64_t t) {
  std::vector<double> x, y, xy, xx;
  bool constant = true;
  for (const SlowPoint& p : floats) {
    x.push_back(Seconds(p.t - t));
    y.push_back(p.f);
    xy.push_back(x.back() * p.f);
    xx.push_back(x.back() * x.back());
    constant &= p.f == floats[0].f || &p == &floats[0];
  }
  if (constant && std::isinf(floats[0].f)) return {std::nan(""), std::nan("")};
  if (constant) return {0, floats[0].f};
  auto total = [](const std::vector<double>& values) {
    double sum = 0;
    double c = 0;
    for (double v : values) KahanInc(v, sum, c);
    return sum + c;
  };
  const auto n = static_cast<double>(floats.size());
  const double sx = total(x);
  const double sy = total(y);
  const double slope = (total(xy) - sx * sy / n) / (total(xx) - sx * sx / n);
  return {slope, sy / n - slope * sx / n};
}

double Smoothing(const std::vector<SlowPoint>& floats, double factor, double trend_factor) {
  double before = 0;
  double level = floats[0].f;
  double trend = floats[1].f - floats[0].f;
  for (size_t i = 1; i < floats.size(); ++i) {
    if (i > 1) trend = trend_factor * (level - before) + (1 - trend_factor) * trend;
    const double next = factor * floats[i].f + (1 - factor) * (level + trend);
    before = std::exchange(level, next);
  }
  return level;
}

double Median(std::vector<double> values) { return Quantile(0.5, values); }

double MeanOf(const std::vector<double>& values) {
  double sum = values[0];
  double c = 0;
  double mean = 0;
  bool incremental = false;
  for (size_t i = 1; i < values.size(); ++i) {
    const auto count = static_cast<double>(i + 1);
    if (!incremental) {
      double new_sum = sum;
      double new_c = c;
      KahanInc(values[i], new_sum, new_c);
      if (!std::isinf(new_sum)) {
        sum = new_sum;
        c = new_c;
        continue;
      }
      incremental = true;
      mean = sum / (count - 1);
      c /= count - 1;
    }
    const double q = (count - 1) / count;
    mean *= q;
    c *= q;
    KahanInc(values[i] / count, mean, c);
  }
  const auto count = static_cast<double>(values.size());
  return incremental ? mean + c : sum / count + c / count;
}

double VarianceOf(const std::vector<double>& values) {
  double count = 0;
  double mean = 0;
  double mean_c = 0;
  double squares = 0;
  double squares_c = 0;
  for (double v : values) {
    ++count;
    const double delta = v - (mean + mean_c);
    KahanInc(delta / count, mean, mean_c);
    KahanInc(delta * (v - (mean + mean_c)), squares, squares_c);
  }
  return (squares + squares_c) / count;
}

const SlowPoint& Pick(const std::vector<SlowPoint>& floats, bool max, bool last_of_equals) {
  const SlowPoint* best = &floats[0];
  for (const SlowPoint& p : floats) {
    const bool better = max ? p.f > best->f : p.f < best->f;
    if (better || std::isnan(best->f) || (last_of_equals && p.f == best->f)) best = &p;
  }
  return *best;
}

}  // namespace

SlowVectors SlowEvaluator::EvalRangeCall(const Call& call, const SlowTimes& times) {
  const std::string_view name = call.function->name;
  size_t range_arg = 0;
  std::vector<std::vector<double>> scalars;
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (call.args[i]->type() == ValueType::kMatrix) {
      range_arg = i;
    } else {
      scalars.push_back(EvalScalar(*call.args[i], times));
    }
  }
  const Expr* range = Unwrap(call.args[range_arg].get());
  const bool subquery = As<SubqueryExpr>(range) != nullptr;
  const PositionRange pos = subquery ? PositionRange{} : range->pos;
  if (const auto* matrix = As<MatrixSelector>(range)) {
    const bool counts = name == "resets" || name == "changes";
    if (matrix->selector->anchored && !IsRate(name) && !counts) {
      Fail(
          fmt::format("anchored modifier can only be used with: changes, delta, increase, rate, "
                      "resets - not with {}",
                      name));
    } else if (matrix->selector->smoothed && !IsRate(name)) {
      Fail(fmt::format(
          "smoothed modifier can only be used with: delta, increase, rate - not with {}", name));
    }
  }
  const std::vector<Ranges> ranges = EvalRanges(*range, times, false);
  SlowVectors results(times.size());
  if (!error_.ok()) return results;

  if (name == "absent_over_time") {
    for (size_t i = 0; i < times.size(); ++i) {
      if (!ranges[i].series.empty()) continue;
      SlowSample absent{.labels = {}, .f = 1, .h = nullptr};
      const auto* matrix = As<MatrixSelector>(range);
      std::set<std::string> equal;
      for (const tsdb::Matcher& m :
           matrix == nullptr ? std::vector<tsdb::Matcher>() : matrix->selector->matchers) {
        if (m.name() == tsdb::kMetricName) continue;
        const bool first = m.op() == tsdb::Matcher::Op::kEqual && equal.insert(m.name()).second;
        absent.labels = absent.labels.With(m.name(), first ? m.value() : "");
      }
      results[i].push_back(std::move(absent));
    }
    return results;
  }

  std::map<Labels, Labels> input_of;  // labels of results: of their series
  for (size_t i = 0; i < times.size(); ++i) {
    std::vector<double> at;
    for (const std::vector<double>& scalar : scalars) at.push_back(scalar[i]);
    for (const SlowSeries& series : ranges[i].series) {
      for (const SlowPoint& p : series.points) See(p.h == nullptr ? p.f : p.h->sum);
      SlowSample sample{.labels = series.labels, .f = 0, .h = nullptr};
      sample.drop_name = series.drop_name;
      Window window = ranges[i].window;
      if (!RangeCall(call, window, series, at, sample)) continue;
      const std::string_view metric = series.labels.metric_name();
      if ((name == "rate" || name == "increase") && sample.h == nullptr && !metric.empty() &&
          !LooksLikeCounter(metric)) {
        annotations_.Add(PossibleNonCounter(metric), pos);
      }
      if (name != "last_over_time" && name != "first_over_time") {
        sample = Renamed(std::move(sample));
      }
      // Series that come to have the same labels are refused whenever their samples are.
      const auto [it, added] = input_of.emplace(sample.labels, series.labels);
      if (!added && it->second != series.labels && !options_.delayed_name_removal) {
        Fail("vector cannot contain metrics with the same labelset");
      }
      results[i].push_back(std::move(sample));
    }
  }
  return results;
}

bool SlowEvaluator::RangeCall(const Call& call, const Window& window, const SlowSeries& series,
                              const std::vector<double>& scalars, SlowSample& out) {
  const std::string_view name = call.function->name;
  const Expr* range = Unwrap(call.args[call.args[0]->type() == ValueType::kMatrix ? 0 : 1].get());
  const PositionRange pos = As<SubqueryExpr>(range) != nullptr ? PositionRange{} : range->pos;
  const std::string metric(series.labels.metric_name());
  const SlowPoint& first = series.points.front();
  const SlowPoint& last = series.points.back();
  if (IsRate(name)) return Rate(window, series, name != "delta", name == "rate", pos, out);
  if (name == "irate" || name == "idelta") return InstantRate(series, name == "irate", pos, out);
  if (name == "resets" || name == "changes") {
    bool found = false;
    out.f = CountSwitches(name == "resets", window, series, found);
    return found;
  }
  if (name == "count_over_time" || name == "present_over_time") {
    out.f = name == "present_over_time" ? 1 : static_cast<double>(series.points.size());
    return true;
  }
  if (name == "first_over_time" || name == "last_over_time") {
    out.f = name == "first_over_time" ? first.f : last.f;
    out.h = name == "first_over_time" ? first.h : last.h;
    return true;
  }
  if (name == "ts_of_first_over_time" || name == "ts_of_last_over_time") {
    out.f = Seconds(name == "ts_of_first_over_time" ? first.t : last.t);
    return true;
  }
  std::vector<SlowPoint> floats;
  for (const SlowPoint& p : series.points) {
    if (p.h == nullptr) floats.push_back(p);
  }
  const bool mixed = !floats.empty() && floats.size() < series.points.size();
  if (name == "sum_over_time" || name == "avg_over_time") {
    if (mixed) {
      annotations_.Add(MixedFloatsHistograms(metric), pos);
      return false;
    }
    return SumOverTime(name == "avg_over_time", series, pos, out);
  }
  if (name == "quantile_over_time" && !floats.empty() && !(scalars[0] >= 0 && scalars[0] <= 1)) {
    annotations_.Add(InvalidQuantile(scalars[0]), Unwrap(call.args[0].get())->pos);
  }
  // Histograms are left out of what is for floats only, and that is told.
  const bool given = FloatsOverTime(name, floats, window, scalars, out.f);
  // Prometheus places it at the first argument, whatever that is.
  const PositionRange first_pos = scalars.empty() || call.args[0]->type() == ValueType::kMatrix
                                      ? pos
                                      : Unwrap(call.args[0].get())->pos;
  if (mixed) annotations_.Add(HistogramIgnoredInMixedRange(metric), first_pos);
  return given;
}

bool SlowEvaluator::FloatsOverTime(std::string_view name, const std::vector<SlowPoint>& floats,
                                   const Window& window, const std::vector<double>& scalars,
                                   double& out) {
  if (name == "double_exponential_smoothing") {
    for (size_t i = 0; i < 2; ++i) {
      if (scalars[i] <= 0 || scalars[i] >= 1) {
        Fail(fmt::format("invalid {} factor. Expected: 0 < {} < 1, got: {:f}",
                         i == 0 ? "smoothing" : "trend", i == 0 ? "sf" : "tf", scalars[i]));
        return false;
      }
    }
    if (floats.size() < 2) return false;
    out = Smoothing(floats, scalars[0], scalars[1]);
    return true;
  }
  if (name == "deriv" || name == "predict_linear") {
    if (floats.size() < 2) return false;
    const bool deriv = name == "deriv";
    const Line line = Regression(floats, deriv ? floats[0].t : window.step);
    out = deriv ? line.slope : line.slope * scalars[0] + line.intercept;
    return true;
  }
  if (floats.empty()) return false;
  std::vector<double> values;
  bool nan = false;
  for (const SlowPoint& p : floats) {
    values.push_back(p.f);
    nan |= std::isnan(p.f);
  }
  if (name == "min_over_time") out = Pick(floats, false, false).f;
  if (name == "max_over_time") out = Pick(floats, true, false).f;
  if (name == "ts_of_min_over_time") out = Seconds(Pick(floats, false, true).t);
  if (name == "ts_of_max_over_time") out = Seconds(Pick(floats, true, true).t);
  if (name == "stdvar_over_time") out = VarianceOf(values);
  if (name == "stddev_over_time") out = std::sqrt(VarianceOf(values));
  if (name == "quantile_over_time") out = Quantile(scalars[0], values);
  if (name == "mad_over_time") {
    const double median = Median(values);
    for (double& v : values) v = std::abs(v - median);
    out = nan ? std::nan("") : Median(values);
  }
  return true;
}

bool SlowEvaluator::SumOverTime(bool average, const SlowSeries& series, PositionRange pos,
                                SlowSample& out) {
  if (series.points[0].h == nullptr) {
    std::vector<double> values;
    for (const SlowPoint& p : series.points) values.push_back(p.f);
    out.f = average ? MeanOf(values) : SumOf(values);
    return true;
  }
  FloatHistogram sum = *series.points[0].h;
  FloatHistogram lost = sum.NewCompensation();
  bool reset_seen = false;
  bool no_reset_seen = false;
  bool reconciled = false;
  bool failed = false;
  for (const SlowPoint& p : series.points) {
    reset_seen |= p.h->counter_reset_hint == CounterResetHint::kCounterReset;
    no_reset_seen |= p.h->counter_reset_hint == CounterResetHint::kNotCounterReset;
    if (&p == &series.points[0]) continue;
    const auto combined = sum.KahanAdd(*p.h, lost);
    if (!combined.ok()) {
      failed = true;
      break;
    }
    reconciled |= combined->bounds_reconciled;
  }
  if (failed) {
    annotations_.Add(MixedExponentialCustomHistograms(series.labels.metric_name()), pos);
    return false;
  }
  if (average) {
    const auto count = static_cast<double>(series.points.size());
    sum.Div(count);
    lost.Div(count);
  }
  if (series.points.size() > 1) (void)sum.Add(lost);
  if (reset_seen && no_reset_seen) {
    annotations_.Add(HistogramCounterResetCollision(HistogramOperation::kAggregation), pos);
  }
  if (reconciled) {
    annotations_.Add(MismatchedCustomBuckets(HistogramOperation::kAggregation), pos);
  }
  out.h = std::make_shared<const FloatHistogram>(std::move(sum));
  return true;
}

double SlowEvaluator::CountSwitches(bool resets, const Window& window, const SlowSeries& series,
                                    bool& found) {
  const std::vector<SlowPoint>& points = series.points;
  size_t from = 0;
  if (window.anchored) {
    for (size_t i = 0; i < points.size(); ++i) {
      if (points[i].t <= window.start) from = i;
    }
    if (points.back().t <= window.start) return 0;
  }
  found = true;
  double count = 0;
  for (size_t i = from + 1; i < points.size(); ++i) {
    const SlowPoint& a = points[i - 1];
    const SlowPoint& b = points[i];
    bool switched = false;
    if ((a.h == nullptr) != (b.h == nullptr)) {
      switched = true;
    } else if (resets) {
      const bool fell = a.h == nullptr ? b.f < a.f : b.h->DetectReset(*a.h);
      switched = fell || StartsAnew(a, b);
    } else if (a.h == nullptr) {
      switched = a.f != b.f && !(std::isnan(a.f) && std::isnan(b.f));
    } else {
      switched = !b.h->Equals(*a.h);
    }
    count += switched;
  }
  return count;
}

}  // namespace tidemark::promql
