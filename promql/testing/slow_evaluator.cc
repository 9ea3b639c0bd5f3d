#include "promql/testing/slow_evaluator.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "promql/eval/metadata_labels.h"
#include "promql/parser/functions.h"
#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

// Their values change with the time of evaluation, whatever their arguments.
const std::set<std::string_view>& FunctionsOfTime() {
  static const auto& names = *new std::set<std::string_view>{
      "days_in_month", "day_of_month",   "day_of_week", "day_of_year", "hour", "minute",
      "month",         "predict_linear", "time",        "timestamp",   "year"};
  return names;
}

bool IsQueryConstant(std::string_view function) {
  return function == "start" || function == "end" || function == "step" || function == "range";
}

// Of series whose labels are the same, one row with the points of all.
std::vector<Series> Rows(const SlowVectors& vectors, const SlowTimes& times) {
  std::map<Labels, Series> rows;
  for (size_t i = 0; i < times.size(); ++i) {
    for (const SlowSample& s : vectors[i]) {
      Series& row = rows[s.labels];
      row.labels = s.labels;
      if (s.h == nullptr) {
        row.floats.push_back({times[i], s.f});
      } else {
        row.histograms.push_back({times[i], *s.h});
      }
    }
  }
  std::vector<Series> series;
  for (auto& [labels, row] : rows) series.push_back(std::move(row));
  return series;
}

}  // namespace

StatusOr<QueryResult> SlowEvaluator::Execute(const QueryRequest& request) {
  ASSIGN_OR_RETURN(const ExprPtr expr, ParseExpr(request.expr, options_.parser));
  query_ = {request.start, request.end, request.step_ms};
  lookback_ms_ =
      request.lookback_delta_ms > 0 ? request.lookback_delta_ms : options_.lookback_delta_ms;
  annotations_ = {};
  error_ = OkStatus();
  largest_ = 0;
  ambiguous_ = false;
  path_ = {};
  is_range_ = request.end > request.start;
  SlowTimes times;
  for (int64_t t = request.start; t <= request.end; t += std::max<int64_t>(request.step_ms, 1)) {
    times.push_back(t);
  }
  QueryResult result;
  result.value = ResultOf(*expr, times, request.step_ms == 0);
  RETURN_IF_ERROR(error_);
  result.annotations = annotations_;
  return result;
}

Value SlowEvaluator::ResultOf(const Expr& expr, const SlowTimes& times, bool instant) {
  switch (expr.type()) {
    case ValueType::kString:
      return String{times[0], As<StringLiteral>(Unwrap(&expr))->value};
    case ValueType::kMatrix:
      return MatrixResult(expr, times[0]);
    case ValueType::kScalar:
      if (instant) return Scalar{times[0], EvalScalar(expr, times)[0]};
      break;
    default:
      break;
  }
  SlowVectors vectors = Eval(expr, times);
  for (SlowVector& vector : vectors) {
    for (SlowSample& s : vector) {
      if (s.drop_name) s.labels = DropMetadataLabels(s.labels);
    }
  }
  RefuseDuplicates(vectors);
  std::vector<Series> rows = Rows(vectors, times);
  if (instant) return Vector{std::move(rows)};
  return Matrix{std::move(rows)};
}

Value SlowEvaluator::MatrixResult(const Expr& expr, int64_t t) {
  const Ranges ranges = EvalRanges(expr, {t}, true)[0];
  std::map<Labels, std::map<int64_t, SlowPoint>> rows;
  for (SlowSeries series : ranges.series) {
    if (!WithEnds(ranges.window, series)) continue;
    const Labels labels = series.drop_name ? DropMetadataLabels(series.labels) : series.labels;
    for (const SlowPoint& p : series.points) {
      if (!rows[labels].emplace(p.t, p).second) {
        Fail("vector cannot contain metrics with the same labelset");
      }
    }
  }
  Matrix matrix;
  for (const auto& [labels, points] : rows) {
    Series row{labels, {}, {}};
    for (const auto& [at, p] : points) {
      if (p.h == nullptr) {
        row.floats.push_back({at, p.f});
      } else {
        row.histograms.push_back({at, *p.h});
      }
    }
    matrix.series.push_back(std::move(row));
  }
  return matrix;
}

// What is the same at every step is evaluated at the first: a warning that only
// queries over several steps have is not given for it.
SlowVectors SlowEvaluator::Eval(const Expr& expr, const SlowTimes& times) {
  if (times.empty()) return {};
  if (is_range_ && IsInvariant(expr)) {
    is_range_ = false;
    const SlowVector first = EvalNode(expr, {times[0]})[0];
    is_range_ = true;
    return SlowVectors(times.size(), first);
  }
  SlowVectors vectors = EvalNode(expr, times);
  for (const SlowVector& vector : vectors) {
    for (const SlowSample& s : vector) {
      See(s.h == nullptr ? s.f : s.h->sum);
      if (s.h != nullptr) See(s.h->count);
    }
  }
  return vectors;
}

SlowVectors SlowEvaluator::EvalNode(const Expr& expr, const SlowTimes& times) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return SlowVectors(times.size(),
                         {{.labels = {}, .f = As<NumberLiteral>(&expr)->value, .h = nullptr}});
    case ExprKind::kParen:
      return EvalNode(*As<ParenExpr>(&expr)->expr, times);
    case ExprKind::kUnary:
      return EvalUnary(*As<UnaryExpr>(&expr), times);
    case ExprKind::kBinary:
      return EvalBinary(*As<BinaryExpr>(&expr), times);
    case ExprKind::kAggregate:
      return EvalAggregate(*As<AggregateExpr>(&expr), times);
    case ExprKind::kCall:
      return EvalCall(*As<Call>(&expr), times);
    case ExprKind::kVectorSelector:
      return EvalSelector(*As<VectorSelector>(&expr), times);
    default:
      return SlowVectors(times.size());
  }
}

SlowVectors SlowEvaluator::EvalUnary(const UnaryExpr& expr, const SlowTimes& times) {
  SlowVectors vectors = Eval(*expr.expr, times);
  if (expr.op == BinaryOp::kAdd) return vectors;
  for (SlowVector& vector : vectors) {
    for (SlowSample& s : vector) {
      s = Renamed(std::move(s));
      s.f = -s.f;
      if (s.h == nullptr) continue;
      tsdb::FloatHistogram negated = *s.h;
      negated.Mul(-1);
      s.h = std::make_shared<const tsdb::FloatHistogram>(std::move(negated));
    }
  }
  return Merged(std::move(vectors));
}

std::vector<double> SlowEvaluator::EvalScalar(const Expr& expr, const SlowTimes& times) {
  std::vector<double> values;
  for (const SlowVector& vector : Eval(expr, times)) {
    values.push_back(vector.empty() ? std::nan("") : vector[0].f);
  }
  return values;
}

bool SlowEvaluator::IsInvariant(const Expr& expr) const {
  switch (expr.kind) {
    case ExprKind::kNumber:
    case ExprKind::kString:
      return true;
    case ExprKind::kVectorSelector:
      return As<VectorSelector>(&expr)->shift.at.has_value();
    case ExprKind::kMatrixSelector:
      return As<MatrixSelector>(&expr)->selector->shift.at.has_value();
    case ExprKind::kSubquery:
      return As<SubqueryExpr>(&expr)->shift.at.has_value();
    case ExprKind::kParen:
      return IsInvariant(*As<ParenExpr>(&expr)->expr);
    case ExprKind::kUnary:
      return IsInvariant(*As<UnaryExpr>(&expr)->expr);
    case ExprKind::kAggregate:
      return IsInvariant(*As<AggregateExpr>(&expr)->expr);
    case ExprKind::kBinary:
      return IsInvariant(*As<BinaryExpr>(&expr)->lhs) && IsInvariant(*As<BinaryExpr>(&expr)->rhs);
    case ExprKind::kCall:
      break;
    default:
      return false;
  }
  const Call& call = *As<Call>(&expr);
  if (IsQueryConstant(call.function->name)) return true;
  const bool invariant = std::all_of(call.args.begin(), call.args.end(),
                                     [&](const ExprPtr& arg) { return IsInvariant(*arg); });
  if (call.function->name == "timestamp") {
    return invariant && As<VectorSelector>(Unwrap(call.args[0].get())) != nullptr;
  }
  return invariant && FunctionsOfTime().count(call.function->name) == 0;
}

void SlowEvaluator::Fail(std::string_view message) {
  if (error_.ok()) error_ = FailedPrecondition(message);
}

void SlowEvaluator::See(double v) {
  if (std::isfinite(v)) largest_ = std::max(largest_, std::abs(v));
}

SlowSample SlowEvaluator::Renamed(SlowSample sample) const {
  if (options_.delayed_name_removal) {
    sample.drop_name = true;
  } else {
    sample.labels = DropMetadataLabels(sample.labels);
  }
  return sample;
}

void SlowEvaluator::RefuseDuplicates(const SlowVectors& vectors) {
  for (const SlowVector& vector : vectors) {
    std::set<Labels> seen;
    for (const SlowSample& s : vector) {
      if (!seen.insert(s.labels).second) {
        Fail("vector cannot contain metrics with the same labelset");
      }
    }
  }
}

SlowVectors SlowEvaluator::Merged(SlowVectors vectors) {
  RefuseDuplicates(vectors);
  return vectors;
}

}  // namespace tidemark::promql
