// Binary operators: one sample with one sample, and which goes with which.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "promql/annotation_text.h"
#include "promql/eval/metadata_labels.h"
#include "promql/testing/slow_evaluator.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

double Arithmetic(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::kAdd:
      return a + b;
    case BinaryOp::kSub:
      return a - b;
    case BinaryOp::kMul:
      return a * b;
    case BinaryOp::kDiv:
      return a / b;
    case BinaryOp::kMod:
      return std::fmod(a, b);
    case BinaryOp::kPow:
      return std::pow(a, b);
    default:
      return std::atan2(a, b);
  }
}

bool Holds(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::kEqual:
      return a == b;
    case BinaryOp::kNotEqual:
      return a != b;
    case BinaryOp::kLess:
      return a < b;
    case BinaryOp::kLessOrEqual:
      return a <= b;
    case BinaryOp::kGreater:
      return a > b;
    default:
      return a >= b;
  }
}

bool IsTrim(BinaryOp op) { return op == BinaryOp::kTrimUpper || op == BinaryOp::kTrimLower; }
bool IsArithmetic(BinaryOp op) { return !IsComparison(op) && !IsSetOperator(op) && !IsTrim(op); }

// The labels by which samples find each other.
Labels SignatureOf(const VectorMatching& matching, const Labels& labels) {
  return matching.on ? labels.Keep(matching.labels) : labels.Drop(matching.labels).DropMetricName();
}

SlowHistogram Compacted(FloatHistogram h) {
  h.Compact(0);
  return std::make_shared<const FloatHistogram>(std::move(h));
}

std::string_view TypeName(const SlowSample& s) { return s.h == nullptr ? "float" : "histogram"; }

Labels ResultLabels(const BinaryExpr& expr, const Labels& lhs, const Labels& rhs, bool drop) {
  const VectorMatching& matching = *expr.matching;
  Labels labels = lhs;
  if (drop || IsArithmetic(expr.op)) labels = DropMetadataLabels(labels);
  if (matching.card == MatchCardinality::kOneToOne) {
    labels = matching.on ? labels.Keep(matching.labels) : labels.Drop(matching.labels);
  }
  for (const std::string& name : matching.include) labels = labels.With(name, rhs.Get(name));
  return labels;
}

}  // namespace

SlowVectors SlowEvaluator::EvalBinary(const BinaryExpr& expr, const SlowTimes& times) {
  const Path path = path_;
  path_.buckets |= IsTrim(expr.op);
  const SlowVectors lhs = Eval(*expr.lhs, times);
  const SlowVectors rhs = Eval(*expr.rhs, times);
  path_ = path;
  const bool left_scalar = expr.lhs->type() == ValueType::kScalar;
  const bool right_scalar = expr.rhs->type() == ValueType::kScalar;
  SlowVectors results(times.size());
  for (size_t i = 0; i < times.size() && error_.ok(); ++i) {
    if (left_scalar && right_scalar) {
      const double a = lhs[i][0].f;
      const double b = rhs[i][0].f;
      const double v = IsComparison(expr.op) ? Holds(expr.op, a, b) : Arithmetic(expr.op, a, b);
      results[i].push_back({.labels = {}, .f = v, .h = nullptr});
    } else if (left_scalar) {
      results[i] = VectorScalar(expr, rhs[i], lhs[i][0].f, true);
    } else if (right_scalar) {
      results[i] = VectorScalar(expr, lhs[i], rhs[i][0].f, false);
    } else if (IsSetOperator(expr.op)) {
      results[i] = SetOperation(expr, lhs[i], rhs[i]);
    } else {
      results[i] = VectorVector(expr, lhs[i], rhs[i]);
    }
  }
  RefuseDuplicates(results);
  return results;
}

SlowVector SlowEvaluator::SetOperation(const BinaryExpr& expr, const SlowVector& lhs,
                                       const SlowVector& rhs) {
  auto signatures = [&](const SlowVector& vector) {
    std::set<Labels> all;
    for (const SlowSample& s : vector) all.insert(SignatureOf(*expr.matching, s.labels));
    return all;
  };
  const std::set<Labels> left = signatures(lhs);
  const std::set<Labels> right = signatures(rhs);
  SlowVector out;
  for (const SlowSample& s : lhs) {
    const bool matched = right.count(SignatureOf(*expr.matching, s.labels)) > 0;
    if (expr.op == BinaryOp::kOr || matched == (expr.op == BinaryOp::kAnd)) out.push_back(s);
  }
  if (expr.op != BinaryOp::kOr) return out;
  for (const SlowSample& s : rhs) {
    if (left.count(SignatureOf(*expr.matching, s.labels)) == 0) out.push_back(s);
  }
  return out;
}

// The value of one sample with another; false where they do not go together.
// `note` is what is to be said, if its text is not empty.
bool SlowEvaluator::Combine(const BinaryExpr& expr, const SlowSample& lhs, const SlowSample& rhs,
                            SlowSample& out, bool& keep, Annotation& note) {
  const BinaryOp op = expr.op;
  keep = true;
  out.f = 0;
  out.h = nullptr;
  const bool left = lhs.h != nullptr;
  const bool right = rhs.h != nullptr;
  if (!left && !right && IsArithmetic(op)) {
    out.f = Arithmetic(op, lhs.f, rhs.f);
    return true;
  }
  if (!left && !right && IsComparison(op)) {
    out.f = lhs.f;
    keep = Holds(op, lhs.f, rhs.f);
    return true;
  }
  if (left != right && op == BinaryOp::kMul) {
    FloatHistogram h = left ? *lhs.h : *rhs.h;
    h.Mul(left ? rhs.f : lhs.f);
    out.h = Compacted(std::move(h));
    return true;
  }
  if (left && !right && (op == BinaryOp::kDiv || IsTrim(op))) {
    FloatHistogram h = *lhs.h;
    if (IsTrim(op)) {
      h.TrimBuckets(rhs.f, op == BinaryOp::kTrimUpper);
      out.h = std::make_shared<const FloatHistogram>(std::move(h));
    } else {
      h.Div(rhs.f);
      out.h = Compacted(std::move(h));
    }
    return true;
  }
  if (left && right && (op == BinaryOp::kEqual || op == BinaryOp::kNotEqual)) {
    out.h = lhs.h;
    keep = lhs.h->Equals(*rhs.h) == (op == BinaryOp::kEqual);
    return true;
  }
  if (left && right && (op == BinaryOp::kAdd || op == BinaryOp::kSub)) {
    const bool add = op == BinaryOp::kAdd;
    const HistogramOperation operation =
        add ? HistogramOperation::kAddition : HistogramOperation::kSubtraction;
    FloatHistogram h = *lhs.h;
    const StatusOr<FloatHistogram::Combined> combined = add ? h.Add(*rhs.h) : h.Sub(*rhs.h);
    if (!combined.ok()) {
      note = IncompatibleBucketLayoutInBinary(BinaryOpName(op));
      return false;
    }
    if (combined->bounds_reconciled) note = MismatchedCustomBuckets(operation);
    if (combined->counter_reset_collision) {
      note = HistogramCounterResetCollision(operation);
      return false;
    }
    if (!add) h.counter_reset_hint = tsdb::CounterResetHint::kGauge;
    out.h = Compacted(std::move(h));
    return true;
  }
  note = IncompatibleTypesInBinary(TypeName(lhs), BinaryOpName(op), TypeName(rhs));
  return false;
}

SlowVector SlowEvaluator::VectorScalar(const BinaryExpr& expr, const SlowVector& vector,
                                       double scalar, bool scalar_left) {
  SlowVector out;
  Annotation last;
  const SlowSample number{.labels = {}, .f = scalar, .h = nullptr};
  for (const SlowSample& sample : vector) {
    const SlowSample& lhs = scalar_left ? number : sample;
    const SlowSample& rhs = scalar_left ? sample : number;
    SlowSample result = sample;
    bool keep = true;
    Annotation note;
    const bool valid = Combine(expr, lhs, rhs, result, keep, note);
    if (!note.text.empty()) {
      ambiguous_ |= !last.text.empty() && last.text != note.text;
      last = note;
    }
    if (!valid) continue;
    if (IsComparison(expr.op)) {
      result.f = expr.return_bool ? (keep ? 1.0 : 0.0) : sample.f;
      result.h = expr.return_bool ? nullptr : sample.h;
    }
    if (!keep && !expr.return_bool) continue;
    if (IsArithmetic(expr.op) || expr.return_bool) result = Renamed(std::move(result));
    out.push_back(std::move(result));
  }
  if (!last.text.empty()) annotations_.Add(last, expr.pos);
  return out;
}

SlowVector SlowEvaluator::VectorVector(const BinaryExpr& expr, SlowVector lhs, SlowVector rhs) {
  const VectorMatching& matching = *expr.matching;
  const bool fills = matching.fill_left.has_value() || matching.fill_right.has_value();
  if ((lhs.empty() && rhs.empty()) || ((lhs.empty() || rhs.empty()) && !fills)) return {};
  // From here on the right side is the one of which each sample is alone.
  const bool swapped = matching.card == MatchCardinality::kOneToMany;
  const bool one_to_one = matching.card == MatchCardinality::kOneToOne;
  if (swapped) std::swap(lhs, rhs);
  std::map<Labels, SlowSample> ones;
  for (const SlowSample& s : rhs) {
    const Labels signature = SignatureOf(matching, s.labels);
    const auto [it, added] = ones.emplace(signature, s);
    if (added) continue;
    std::string names[] = {s.labels.ToString(), it->second.labels.ToString()};
    if (names[0] > names[1]) std::swap(names[0], names[1]);
    Fail(
        fmt::format("found duplicate series for the match group {} on the {} hand-side of the "
                    "operation: [{}, {}];many-to-many matching not allowed: matching labels must "
                    "be unique on one side",
                    signature.ToString(), swapped ? "left" : "right", names[0], names[1]));
    return {};
  }

  SlowVector out;
  Annotation last;
  std::map<Labels, std::set<Labels>> matched;  // signature: labels of results
  auto apply = [&](const SlowSample& many, const SlowSample& one, const Labels& signature) {
    SlowSample result;
    bool keep = true;
    Annotation note;
    const bool valid =
        Combine(expr, swapped ? one : many, swapped ? many : one, result, keep, note);
    if (!note.text.empty()) {
      ambiguous_ |= !last.text.empty() && last.text != note.text;
      last = note;
    }
    if (!valid) return;
    if (expr.return_bool) {
      result.f = keep ? 1 : 0;
      result.h = nullptr;
    }
    const bool drop = expr.return_bool && !options_.delayed_name_removal;
    result.labels = ResultLabels(expr, many.labels, one.labels, drop);
    result.drop_name = expr.return_bool;
    std::set<Labels>& results = matched[signature];
    if (one_to_one && !results.empty()) {
      Fail(
          "multiple matches for labels: many-to-one matching must be explicit "
          "(group_left/group_right)");
    }
    if (!results.insert(result.labels).second) {
      Fail("multiple matches for labels: grouping labels must ensure unique matches");
    }
    if (keep || expr.return_bool) out.push_back(std::move(result));
  };

  for (const SlowSample& many : lhs) {
    const Labels signature = SignatureOf(matching, many.labels);
    const auto one = ones.find(signature);
    if (one != ones.end()) {
      apply(many, one->second, signature);
    } else if (const auto& fill = matching.fill_right) {
      apply(many, {.labels = signature, .f = *fill, .h = nullptr}, signature);
    }
  }
  if (const auto& fill = matching.fill_left) {
    for (const SlowSample& one : rhs) {
      const Labels signature = SignatureOf(matching, one.labels);
      if (matched.count(signature) > 0) continue;
      apply({.labels = signature, .f = *fill, .h = nullptr}, one, signature);
    }
  }
  if (!last.text.empty()) annotations_.Add(last, expr.pos);
  return out;
}

}  // namespace tidemark::promql
