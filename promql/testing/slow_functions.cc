// Functions of scalars and instant vectors, one sample at a time.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <optional>
#include <set>
#include <utility>

#include "promql/annotation_text.h"
#include "promql/eval/go_math.h"
#include "promql/eval/metadata_labels.h"
#include "promql/functions/histogram_classic.h"
#include "promql/functions/histogram_native.h"
#include "promql/functions/regex_template.h"
#include "promql/parser/functions.h"
#include "promql/testing/slow_evaluator.h"
#include "proto/utf8.h"
#include "tsdb/base/go_float.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;
using tsdb::Matcher;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using FloatFunction = double (*)(double);

const std::map<std::string_view, FloatFunction>& FloatFunctions() {
  static const auto& functions = *new std::map<std::string_view, FloatFunction>{
      {"abs", [](double v) { return std::abs(v); }},
      {"acos", [](double v) { return std::acos(v); }},
      {"acosh", [](double v) { return std::acosh(v); }},
      {"asin", [](double v) { return std::asin(v); }},
      {"asinh", [](double v) { return std::asinh(v); }},
      {"atan", [](double v) { return std::atan(v); }},
      {"atanh", [](double v) { return std::atanh(v); }},
      {"ceil", [](double v) { return std::ceil(v); }},
      {"cos", [](double v) { return std::cos(v); }},
      {"cosh", [](double v) { return std::cosh(v); }},
      {"deg", [](double v) { return v * 180 / std::numbers::pi; }},
      {"exp", [](double v) { return std::exp(v); }},
      {"floor", [](double v) { return std::floor(v); }},
      {"ln", [](double v) { return std::log(v); }},
      {"log10", [](double v) { return std::log10(v); }},
      {"log2", [](double v) { return std::log2(v); }},
      {"rad", [](double v) { return v * std::numbers::pi / 180; }},
      {"sgn", [](double v) { return v < 0   ? -1.0
                                    : v > 0 ? 1.0
                                            : v; }},
      {"sin", [](double v) { return std::sin(v); }},
      {"sinh", [](double v) { return std::sinh(v); }},
      {"sqrt", [](double v) { return std::sqrt(v); }},
      {"tan", [](double v) { return std::tan(v); }},
      {"tanh", [](double v) { return std::tanh(v); }},
  };
  return functions;
}

// Of a time in seconds since the Unix epoch.
double DateOf(std::string_view function, double seconds) {
  using namespace std::chrono;
  if (!(std::abs(seconds) < 9e11)) return kNaN;  // past the calendar
  const sys_seconds time{std::chrono::seconds(static_cast<int64_t>(seconds))};
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const auto second = (time - day).count();
  if (function == "minute") return static_cast<double>(second / 60 % 60);
  if (function == "hour") return static_cast<double>(second / 3600);
  if (function == "day_of_week") return weekday(day).c_encoding();
  if (function == "day_of_month") return static_cast<unsigned>(date.day());
  if (function == "month") return static_cast<unsigned>(date.month());
  if (function == "year") return static_cast<int>(date.year());
  if (function == "day_of_year") {
    return static_cast<double>((day - sys_days(date.year() / January / 1)).count() + 1);
  }
  return static_cast<unsigned>((date.year() / date.month() / last).day());
}

bool IsDate(std::string_view name) {
  return name == "minute" || name == "hour" || name == "month" || name == "year" ||
         name.starts_with("day");
}

// The labels of what is absent: those that `=` names once.
Labels AbsentLabels(const Expr& arg) {
  const Expr* expr = Unwrap(&arg);
  const auto* matrix = As<MatrixSelector>(expr);
  const auto* selector = matrix != nullptr ? matrix->selector.get() : As<VectorSelector>(expr);
  Labels labels;
  if (selector == nullptr) return labels;
  std::set<std::string> equal;
  for (const Matcher& m : selector->matchers) {
    if (m.name() == tsdb::kMetricName) continue;
    const bool first = m.op() == Matcher::Op::kEqual && equal.insert(m.name()).second;
    labels = labels.With(m.name(), first ? m.value() : "");
  }
  return labels;
}

double ScalarOf(const SlowVector& vector) {
  size_t floats = 0;
  double value = kNaN;
  for (const SlowSample& s : vector) {
    if (s.h != nullptr) continue;
    ++floats;
    value = s.f;
  }
  return floats == 1 ? value : kNaN;
}

std::string QuantileLabel(double q) {
  if (q == 0) return "0.0";  // -0, too
  std::string text = GoFloat(q);
  if (std::isfinite(q) && text.find_first_of("e.") == std::string::npos) text += ".0";
  return text;
}

const std::string& Text(const Call& call, size_t arg) {
  return As<StringLiteral>(Unwrap(call.args[arg].get()))->value;
}

bool IsLabelName(std::string_view name) { return !name.empty() && proto::IsValidUtf8(name); }

SlowSample Number(double v) { return {.labels = {}, .f = v, .h = nullptr}; }

}  // namespace

SlowVectors SlowEvaluator::EvalCall(const Call& call, const SlowTimes& times) {
  const std::string_view name = call.function->name;
  if (name == "timestamp" || name == "start_timestamp") return EvalTimestamp(call, times);
  if (name == "label_replace" || name == "label_join") return EvalLabels(call, times);
  if (name == "info") return EvalInfo(call, times);
  const bool of_ranges = std::any_of(call.args.begin(), call.args.end(), [](const ExprPtr& arg) {
    return arg->type() == ValueType::kMatrix;
  });
  const Path path = path_;
  path_.counts |= name == "histogram_count" || name == "histogram_sum" || name == "histogram_avg";
  path_.buckets |=
      name == "histogram_quantile" || name == "histogram_quantiles" || name == "histogram_fraction";
  SlowVectors result = of_ranges ? EvalRangeCall(call, times) : EvalVectorCall(call, times);
  path_ = path;
  RefuseDuplicates(result);
  return result;
}

SlowVectors SlowEvaluator::EvalVectorCall(const Call& call, const SlowTimes& times) {
  if (call.function->name.starts_with("sort") && is_range_) {
    annotations_.Add(SortInRangeQuery(), call.pos);
  }
  std::vector<SlowVectors> args;
  for (const ExprPtr& arg : call.args) args.push_back(Eval(*arg, times));
  SlowVectors results(times.size());
  for (size_t i = 0; i < times.size() && error_.ok(); ++i) {
    std::vector<SlowVector> at;
    for (const SlowVectors& arg : args) at.push_back(arg[i]);
    results[i] = CallAt(call, times[i], at);
  }
  return results;
}

SlowVector SlowEvaluator::CallAt(const Call& call, int64_t t, const std::vector<SlowVector>& args) {
  const std::string_view name = call.function->name;
  const double start_s = static_cast<double>(query_.start) / 1000;
  const double end_s = static_cast<double>(query_.end) / 1000;
  if (name == "time") return {Number(static_cast<double>(t) / 1000)};
  if (name == "pi") return {Number(std::numbers::pi)};
  if (name == "start") return {Number(start_s)};
  if (name == "end") return {Number(end_s)};
  if (name == "range") return {Number(static_cast<double>(query_.end - query_.start) / 1000)};
  if (name == "step") {
    const bool one = query_.start == query_.end;
    return {Number(one ? 0 : static_cast<double>(query_.step_ms) / 1000)};
  }
  if (name == "max_of") return {Number(GoMax(args[0][0].f, args[1][0].f))};
  if (name == "min_of") return {Number(GoMin(args[0][0].f, args[1][0].f))};
  if (name == "scalar") return {Number(ScalarOf(args[0]))};
  if (name == "vector") return {Number(args[0][0].f)};
  if (name == "absent") {
    if (!args[0].empty()) return {};
    return {{.labels = AbsentLabels(*call.args[0]), .f = 1, .h = nullptr}};
  }
  if (name == "sort" || name == "sort_desc") {
    SlowVector floats;
    for (const SlowSample& s : args[0]) {
      if (s.h == nullptr) floats.push_back(s);
    }
    return floats;
  }
  if (name.starts_with("sort_by_label")) return args[0];
  if (name == "histogram_fraction" || name == "histogram_quantile" ||
      name == "histogram_quantiles") {
    return HistogramGroups(call, t, args);
  }
  if (name.starts_with("histogram_")) return MapHistogram(call, args[0]);
  return MapFloat(call, t, args);
}

SlowVector SlowEvaluator::MapFloat(const Call& call, int64_t t,
                                   const std::vector<SlowVector>& args) {
  const std::string_view name = call.function->name;
  if (args.empty()) return {Number(DateOf(name, static_cast<double>(t / 1000)))};
  const double first = args.size() > 1 ? args[1][0].f : 1;
  SlowVector out;
  for (SlowSample s : args[0]) {
    if (s.h != nullptr) continue;
    if (IsDate(name)) {
      s.f = DateOf(name, s.f);
    } else if (name == "round") {
      const double inverse = 1.0 / first;
      s.f = std::floor(s.f * inverse + 0.5) / inverse;
    } else if (name.starts_with("clamp")) {
      const double min = name == "clamp_max" ? -kInf : first;
      const double max = name == "clamp" ? args[2][0].f : name == "clamp_max" ? first : kInf;
      if (max < min) return {};
      s.f = GoMax(min, GoMin(max, s.f));
    } else {
      s.f = FloatFunctions().at(name)(s.f);
    }
    out.push_back(Renamed(std::move(s)));
  }
  return out;
}

SlowVector SlowEvaluator::MapHistogram(const Call& call, const SlowVector& input) {
  const std::string_view name = call.function->name;
  SlowVector out;
  for (SlowSample s : input) {
    if (s.h == nullptr) continue;
    const FloatHistogram& h = *s.h;
    if (name == "histogram_count") s.f = h.count;
    if (name == "histogram_sum") s.f = h.sum;
    if (name == "histogram_avg") s.f = h.sum / h.count;
    if (name == "histogram_stdvar") s.f = HistogramVariance(h);
    if (name == "histogram_stddev") s.f = std::sqrt(HistogramVariance(h));
    s.h = nullptr;
    // Of the labels that name a metric, only the name: type and unit stay.
    if (options_.delayed_name_removal) {
      s.drop_name = true;
    } else {
      s.labels = s.labels.DropMetricName();
    }
    out.push_back(std::move(s));
  }
  return out;
}

SlowVectors SlowEvaluator::EvalTimestamp(const Call& call, const SlowTimes& times) {
  const bool selector = As<VectorSelector>(Unwrap(call.args[0].get())) != nullptr;
  const bool start = call.function->name == "start_timestamp";
  at_sample_times_ = selector;
  const SlowVectors args = Eval(*call.args[0], times);
  at_sample_times_ = false;
  SlowVectors results(times.size());
  for (size_t i = 0; i < times.size(); ++i) {
    if (start && !(selector && options_.use_start_timestamps)) continue;
    for (SlowSample s : args[i]) {
      const int64_t t = !selector ? times[i] : start ? s.start : s.t;
      s.f = static_cast<double>(t) / 1000;
      s.h = nullptr;
      results[i].push_back(Renamed(std::move(s)));
    }
  }
  RefuseDuplicates(results);
  return results;
}

SlowVectors SlowEvaluator::EvalLabels(const Call& call, const SlowTimes& times) {
  const bool replace = call.function->name == "label_replace";
  const std::string& destination = Text(call, 1);
  re2::RE2::Options regex_options;
  regex_options.set_dot_nl(true);
  regex_options.set_log_errors(false);
  const re2::RE2 regex(replace ? Text(call, 4) : "", regex_options);
  SlowVectors results = Eval(*call.args[0], times);
  if (!regex.ok()) {
    Fail(fmt::format("invalid regular expression in label_replace(): {}", Text(call, 4)));
  }
  for (size_t i = 3; !replace && i < call.args.size(); ++i) {
    if (!IsLabelName(Text(call, i))) {
      Fail(fmt::format("invalid source label name in label_join(): {}", Text(call, i)));
    }
  }
  if (!IsLabelName(destination)) {
    Fail(fmt::format("invalid destination label name in {}(): {}", call.function->name,
                     destination));
  }
  if (!error_.ok()) return results;
  for (SlowVector& vector : results) {
    for (SlowSample& s : vector) {
      std::string value;
      if (replace) {
        const std::string source(s.labels.Get(Text(call, 3)));
        std::vector<re2::StringPiece> groups(regex.NumberOfCapturingGroups() + 1);
        if (!regex.Match(source, 0, source.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                         static_cast<int>(groups.size()))) {
          continue;
        }
        value = ExpandTemplate(regex, Text(call, 2), groups);
      }
      for (size_t i = 3; !replace && i < call.args.size(); ++i) {
        if (i > 3) value += Text(call, 2);
        value += s.labels.Get(Text(call, i));
      }
      s.labels = s.labels.With(destination, value);
      if (destination == tsdb::kMetricName) s.drop_name = false;
    }
  }
  return Merged(std::move(results));
}

// histogram_quantile and its kin, of native histograms and of sets of buckets.
SlowVector SlowEvaluator::HistogramGroups(const Call& call, int64_t t,
                                          const std::vector<SlowVector>& args) {
  const std::string_view name = call.function->name;
  const bool fraction = name == "histogram_fraction";
  const bool several = name == "histogram_quantiles";
  const size_t vector = several ? 0 : args.size() - 1;
  const PositionRange pos = Unwrap(call.args[vector].get())->pos;
  auto metric_of = [&](const Labels& labels) {
    return std::string(options_.delayed_name_removal ? labels.metric_name() : "");
  };

  std::vector<std::pair<double, std::string>> quantiles;  // and their label
  for (size_t i = several ? 2 : 0; !fraction && i < (several ? args.size() : 1); ++i) {
    const double q = args[i][0].f;
    if (!(q >= 0 && q <= 1)) {
      annotations_.Add(InvalidQuantile(q), Unwrap(call.args[i].get())->pos);
    }
    quantiles.emplace_back(q, QuantileLabel(q));
  }

  SlowVector natives;
  std::map<Labels, std::vector<ClassicBucket>> classics;
  std::map<Labels, bool> drops;
  for (const SlowSample& s : args[vector]) {
    if (s.h != nullptr) {
      natives.push_back(s);
      continue;
    }
    const std::string_view le = s.labels.Get("le");
    const std::optional<double> bound = ParseUpperBound(le);
    if (!bound.has_value()) {
      annotations_.Add(BadBucketLabel(metric_of(s.labels), le), pos);
      continue;
    }
    classics[s.labels.With("le", "")].push_back({*bound, s.f});
  }
  SlowVector out;
  auto emit = [&](const Labels& labels, std::string_view quantile, double v) {
    SlowSample s = Renamed({.labels = labels, .f = v, .h = nullptr});
    if (several) s.labels = s.labels.With(Text(call, 1), quantile);
    out.push_back(std::move(s));
  };
  for (const SlowSample& native : natives) {
    const std::string metric = metric_of(native.labels);
    if (classics.erase(native.labels) > 0) {
      annotations_.Add(MixedClassicNativeHistograms(metric), pos);
      continue;
    }
    if (fraction) {
      const NativeFraction share = HistogramFraction(args[0][0].f, args[1][0].f, *native.h);
      if (share.nans) annotations_.Add(NativeHistogramFractionNaNs(metric), pos);
      emit(native.labels, "", share.value);
    }
    for (const auto& [q, label] : quantiles) {
      const NativeQuantile quantile = HistogramQuantile(q, *native.h);
      if (quantile.nans == NativeQuantile::NaNs::kResult) {
        annotations_.Add(NativeHistogramQuantileNaNResult(metric), pos);
      } else if (quantile.nans == NativeQuantile::NaNs::kSkew) {
        annotations_.Add(NativeHistogramQuantileNaNSkew(metric), pos);
      }
      emit(native.labels, label, quantile.value);
    }
  }
  for (auto& [labels, buckets] : classics) {
    if (fraction) emit(labels, "", BucketFraction(args[0][0].f, args[1][0].f, buckets));
    for (const auto& [q, label] : quantiles) {
      std::vector<ClassicBucket> copy = buckets;
      const ClassicQuantile quantile = BucketQuantile(q, copy);
      if (quantile.forced_monotonic) {
        annotations_.AddForcedMonotonicity(
            HistogramQuantileForcedMonotonicityText(metric_of(labels)), pos,
            {t, t, quantile.min_bucket, quantile.max_bucket, quantile.max_diff, 1});
      }
      emit(labels, label, quantile.value);
    }
  }
  return out;
}

}  // namespace tidemark::promql
