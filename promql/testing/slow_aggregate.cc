// Aggregations: the samples of each group at one time, in the order they come.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "promql/annotation_text.h"
#include "promql/eval/go_math.h"
#include "promql/eval/ratio_sample.h"
#include "promql/functions/quantile.h"
#include "promql/parser/number_literal.h"
#include "promql/testing/slow_evaluator.h"
#include "proto/utf8.h"
#include "tsdb/base/go_float.h"
#include "tsdb/base/quote.h"
#include "tsdb/model/kahan.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;
using tsdb::KahanInc;
using tsdb::Labels;

bool IsChoice(AggregateOp op) {
  return op == AggregateOp::kTopk || op == AggregateOp::kBottomk || op == AggregateOp::kLimitk ||
         op == AggregateOp::kLimitRatio;
}

// Series come in the order of labels, as storage gives them.
bool IsOrdered(const Expr& expr) { return Unwrap(&expr)->kind == ExprKind::kVectorSelector; }

Labels GroupOf(const Labels& labels, const std::vector<std::string>& grouping, bool without) {
  return without ? labels.Drop(grouping).DropMetricName() : labels.Keep(grouping);
}

// In the order in which groups first appear.
std::vector<std::pair<Labels, SlowVector>> Grouped(const AggregateExpr& expr,
                                                   const SlowVector& input) {
  std::vector<std::pair<Labels, SlowVector>> groups;
  for (const SlowSample& s : input) {
    const Labels key = GroupOf(s.labels, expr.grouping, expr.without);
    auto found =
        std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == key; });
    if (found == groups.end()) found = groups.insert(groups.end(), {key, {}});
    found->second.push_back(s);
  }
  return groups;
}

// Sum and mean, as Prometheus forms them: the mean of running sums until they
// overflow, and a running mean from there on.
struct Mean {
  double sum = 0;
  double mean = 0;
  double c = 0;
  double count = 0;
  bool incremental = false;

  void Add(double v) {
    ++count;
    if (count == 1) {
      sum = v;
      return;
    }
    if (!incremental) {
      double new_sum = sum;
      double new_c = c;
      KahanInc(v, new_sum, new_c);
      if (!std::isinf(new_sum)) {
        sum = new_sum;
        c = new_c;
        return;
      }
      incremental = true;
      mean = sum / (count - 1);
      c /= count - 1;
    }
    const double q = (count - 1) / count;
    mean *= q;
    c *= q;
    KahanInc(v / count, mean, c);
  }
  double Value() const { return incremental ? mean + c : sum / count + c / count; }
};

bool IsDeviation(AggregateOp op) {
  return op == AggregateOp::kStddev || op == AggregateOp::kStdvar;
}

double Variance(const std::vector<double>& values) {
  double mean = values[0];
  double squares = std::isfinite(mean) ? 0 : std::numeric_limits<double>::quiet_NaN();
  double count = 1;
  for (size_t i = 1; i < values.size(); ++i) {
    ++count;
    const double delta = values[i] - mean;
    mean += delta / count;
    squares += delta * (values[i] - mean);
  }
  return squares / count;
}

double Extreme(AggregateOp op, const std::vector<double>& values) {
  double best = values[0];
  for (double v : values) {
    const bool better = op == AggregateOp::kMax ? best < v : best > v;
    if (better || std::isnan(best)) best = v;
  }
  return best;
}

}  // namespace

// What is said and refused of the parameter over all steps; false: no result.
bool SlowEvaluator::CheckParams(const AggregateExpr& expr, const std::vector<double>& params) {
  double max = -std::numeric_limits<double>::max();
  double min = std::numeric_limits<double>::max();
  bool nan = false;
  for (double p : params) {
    max = GoMax(max, p);
    min = GoMin(min, p);
    nan |= std::isnan(p);
  }
  constexpr double kInt64 = 9223372036854775808.0;
  switch (expr.op) {
    case AggregateOp::kQuantile:
      if (nan) annotations_.Add(InvalidQuantile(std::nan("")), Unwrap(expr.param.get())->pos);
      if (max > 1) annotations_.Add(InvalidQuantile(max), Unwrap(expr.param.get())->pos);
      if (min < 0) annotations_.Add(InvalidQuantile(min), Unwrap(expr.param.get())->pos);
      return true;
    case AggregateOp::kLimitRatio:
      if (max == 0 && min == 0) return false;
      if (nan) Fail("Ratio value is NaN");
      if (max > 1) annotations_.Add(InvalidRatio(max, 1), Unwrap(expr.param.get())->pos);
      if (min < -1) annotations_.Add(InvalidRatio(min, -1), Unwrap(expr.param.get())->pos);
      return !nan;
    case AggregateOp::kTopk:
    case AggregateOp::kBottomk:
    case AggregateOp::kLimitk:
      if (max < 1) return false;
      if (nan) {
        Fail("Parameter value is NaN");
      } else if (min <= -kInt64) {
        Fail(fmt::format("Scalar value {} underflows int64", GoFloat(min)));
      } else if (max >= kInt64) {
        Fail(fmt::format("Scalar value {} overflows int64", GoFloat(max)));
      }
      return error_.ok();
    default:
      return true;
  }
}

SlowVectors SlowEvaluator::EvalAggregate(const AggregateExpr& expr, const SlowTimes& times) {
  SlowVectors results(times.size());
  if (expr.op == AggregateOp::kCountValues) {
    const std::string& label = As<StringLiteral>(Unwrap(expr.param.get()))->value;
    if (label.empty() || !proto::IsValidUtf8(label)) {
      Fail(fmt::format("invalid label name {}", Quoted(label)));
      return results;
    }
    const SlowVectors inputs = Eval(*expr.expr, times);
    for (size_t i = 0; i < times.size(); ++i) results[i] = CountValues(expr, inputs[i]);
    RefuseDuplicates(results);
    return results;
  }
  std::vector<double> params(times.size());
  if (expr.param != nullptr) params = EvalScalar(*expr.param, times);
  const SlowVectors inputs = Eval(*expr.expr, times);
  size_t series = 0;
  for (const SlowVector& input : inputs) series = std::max(series, input.size());
  if (!CheckParams(expr, params)) return results;
  for (size_t i = 0; i < times.size(); ++i) results[i] = AggregateAt(expr, inputs[i], params[i]);
  return results;
}

SlowVector SlowEvaluator::AggregateAt(const AggregateExpr& expr, const SlowVector& input,
                                      double param) {
  SlowVector out;
  for (const auto& [labels, group] : Grouped(expr, input)) {
    if (IsChoice(expr.op)) {
      Choose(expr, group, param, input.size(), out);
      continue;
    }
    SlowSample result{.labels = labels, .f = 0, .h = nullptr};
    for (const SlowSample& s : group) result.drop_name |= s.drop_name;
    if (AggregateGroup(expr, group, param, result)) out.push_back(std::move(result));
  }
  return out;
}

bool SlowEvaluator::AggregateGroup(const AggregateExpr& expr, const SlowVector& group, double param,
                                   SlowSample& out) {
  switch (expr.op) {
    case AggregateOp::kGroup:
      out.f = 1;
      return true;
    case AggregateOp::kCount:
      out.f = static_cast<double>(group.size());
      return true;
    case AggregateOp::kSum:
    case AggregateOp::kAvg:
      return SumOrAverage(expr, group, out);
    default:
      break;
  }
  std::vector<double> values;
  for (const SlowSample& s : group) {
    if (s.h == nullptr) {
      values.push_back(s.f);
    } else {
      annotations_.Add(HistogramIgnoredInAggregation(AggregateOpName(expr.op)),
                       Unwrap(expr.expr.get())->pos);
    }
  }
  if (values.empty()) return false;
  if (expr.op == AggregateOp::kQuantile) {
    out.f = Quantile(param, values);
  } else if (IsDeviation(expr.op)) {
    out.f = Variance(values);
    if (expr.op == AggregateOp::kStddev) out.f = std::sqrt(out.f);
  } else {
    out.f = Extreme(expr.op, values);
  }
  return true;
}

bool SlowEvaluator::SumOrAverage(const AggregateExpr& expr, const SlowVector& group,
                                 SlowSample& out) {
  const PositionRange pos = Unwrap(expr.expr.get())->pos;
  const bool average = expr.op == AggregateOp::kAvg;
  double sum = group[0].f;
  double c = 0;
  Mean mean;
  bool floats = false;
  bool histograms = false;
  std::optional<FloatHistogram> total;
  FloatHistogram lost;
  bool reset_seen = false;
  bool no_reset_seen = false;
  for (size_t i = 0; i < group.size(); ++i) {
    const SlowSample& s = group[i];
    if (s.h == nullptr) {
      floats = true;
      mean.Add(s.f);
      if (i > 0) KahanInc(s.f, sum, c);
      continue;
    }
    histograms = true;
    if (floats && !total.has_value()) continue;
    reset_seen |= s.h->counter_reset_hint == CounterResetHint::kCounterReset;
    no_reset_seen |= s.h->counter_reset_hint == CounterResetHint::kNotCounterReset;
    if (!total.has_value()) {
      total = *s.h;
      lost = total->NewCompensation();
      continue;
    }
    // Which buckets a wider zero bucket takes in depends on what was added before.
    ambiguous_ |= total->zero_threshold != s.h->zero_threshold && !IsOrdered(*expr.expr);
    const auto combined = total->KahanAdd(*s.h, lost);
    if (!combined.ok()) {
      annotations_.Add(MixedExponentialCustomHistograms(s.labels.metric_name()), pos);
      ambiguous_ |= !IsOrdered(*expr.expr);
      // What follows is not looked at.
      if (floats) annotations_.Add(MixedFloatsHistogramsInAggregation(), pos);
      return false;
    }
    if (combined->bounds_reconciled) {
      annotations_.Add(MismatchedCustomBuckets(HistogramOperation::kAggregation), pos);
    }
  }
  if (floats && histograms) {
    annotations_.Add(MixedFloatsHistogramsInAggregation(), pos);
    return false;
  }
  if (!histograms) {
    out.f = average ? mean.Value() : sum + c;
    return true;
  }
  if (average) {
    total->Div(static_cast<double>(group.size()));
    lost.Div(static_cast<double>(group.size()));
  }
  (void)total->Add(lost);
  total->Compact(0);
  if (reset_seen && no_reset_seen) {
    annotations_.Add(HistogramCounterResetCollision(HistogramOperation::kAggregation), pos);
  }
  out.h = std::make_shared<const FloatHistogram>(*std::move(total));
  return true;
}

void SlowEvaluator::Choose(const AggregateExpr& expr, const SlowVector& group, double param,
                           size_t inputs, SlowVector& out) {
  if (expr.op == AggregateOp::kLimitRatio) {
    const double ratio = std::clamp(param, -1.0, 1.0);
    for (const SlowSample& s : group) {
      if (ratio != 0 && InRatio(ratio, RatioOffset(s.labels))) out.push_back(s);
    }
    return;
  }
  if (param < 1) return;
  const size_t k = static_cast<size_t>(std::min(param, static_cast<double>(inputs)));
  if (expr.op == AggregateOp::kLimitk) {
    ambiguous_ |= k < group.size() && !IsOrdered(*expr.expr);
    for (size_t i = 0; i < std::min(k, group.size()); ++i) out.push_back(group[i]);
    return;
  }
  SlowVector floats;
  for (const SlowSample& s : group) {
    if (s.h == nullptr) {
      floats.push_back(s);
    } else {
      annotations_.Add(HistogramIgnoredInAggregation(AggregateOpName(expr.op)), expr.pos);
    }
  }
  const bool top = expr.op == AggregateOp::kTopk;
  std::stable_sort(floats.begin(), floats.end(), [&](const SlowSample& a, const SlowSample& b) {
    if (std::isnan(a.f) || std::isnan(b.f)) return !std::isnan(a.f) && std::isnan(b.f);
    return top ? a.f > b.f : a.f < b.f;
  });
  if (k < floats.size()) {
    const double in = floats[k - 1].f;
    const double left_out = floats[k].f;
    ambiguous_ |= in == left_out || (std::isnan(in) && std::isnan(left_out));
  }
  for (size_t i = 0; i < std::min(k, floats.size()); ++i) out.push_back(floats[i]);
}

SlowVector SlowEvaluator::CountValues(const AggregateExpr& expr, const SlowVector& input) {
  const std::string& label = As<StringLiteral>(Unwrap(expr.param.get()))->value;
  std::vector<std::string> grouping = expr.grouping;
  if (!expr.without) grouping.push_back(label);
  std::map<Labels, double> counts;
  for (const SlowSample& s : input) {
    const std::string value = s.h == nullptr ? FormatFixed(s.f) : s.h->ToString();
    ++counts[GroupOf(s.labels.With(label, value), grouping, expr.without)];
  }
  SlowVector out;
  for (const auto& [labels, count] : counts) {
    out.push_back({.labels = labels, .f = count, .h = nullptr});
  }
  return out;
}

}  // namespace tidemark::promql
