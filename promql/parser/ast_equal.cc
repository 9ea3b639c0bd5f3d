#include "promql/parser/ast_equal.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tidemark::promql {
namespace {

bool SameNumber(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

bool SameFill(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || SameNumber(*a, *b));
}

bool SameMatching(const std::optional<VectorMatching>& a, const std::optional<VectorMatching>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->card == b->card && a->labels == b->labels && a->on == b->on &&
         a->include == b->include && SameFill(a->fill_left, b->fill_left) &&
         SameFill(a->fill_right, b->fill_right);
}

bool SameAt(const std::optional<AtModifier>& a, const std::optional<AtModifier>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->kind == b->kind && a->t == b->t;
}

class Comparison {
 public:
  explicit Comparison(bool parens_count) : parens_count_(parens_count) {}

  // Either may be null.
  bool Same(const Expr* a, const Expr* b) const;

 private:
  bool SameNode(const NumberLiteral& a, const NumberLiteral& b) const {
    return SameNumber(a.value, b.value) && a.is_duration == b.is_duration;
  }
  bool SameNode(const StringLiteral& a, const StringLiteral& b) const { return a.value == b.value; }
  bool SameNode(const ParenExpr& a, const ParenExpr& b) const {
    return Same(a.expr.get(), b.expr.get());
  }
  bool SameNode(const UnaryExpr& a, const UnaryExpr& b) const {
    return a.op == b.op && Same(a.expr.get(), b.expr.get());
  }
  bool SameNode(const BinaryExpr& a, const BinaryExpr& b) const {
    return a.op == b.op && a.return_bool == b.return_bool && SameMatching(a.matching, b.matching) &&
           Same(a.lhs.get(), b.lhs.get()) && Same(a.rhs.get(), b.rhs.get());
  }
  bool SameNode(const AggregateExpr& a, const AggregateExpr& b) const {
    return a.op == b.op && a.without == b.without && a.grouping == b.grouping &&
           Same(a.param.get(), b.param.get()) && Same(a.expr.get(), b.expr.get());
  }
  bool SameNode(const Call& a, const Call& b) const {
    return a.function == b.function &&
           std::equal(
               a.args.begin(), a.args.end(), b.args.begin(), b.args.end(),
               [this](const ExprPtr& x, const ExprPtr& y) { return Same(x.get(), y.get()); });
  }
  bool SameNode(const VectorSelector& a, const VectorSelector& b) const {
    return a.name == b.name && a.anchored == b.anchored && a.smoothed == b.smoothed &&
           SameShift(a.shift, b.shift) && a.matchers.size() == b.matchers.size() &&
           std::is_permutation(a.matchers.begin(), a.matchers.end(), b.matchers.begin());
  }
  bool SameNode(const MatrixSelector& a, const MatrixSelector& b) const {
    return a.range_ms == b.range_ms && Same(a.range_expr.get(), b.range_expr.get()) &&
           Same(a.selector.get(), b.selector.get());
  }
  bool SameNode(const SubqueryExpr& a, const SubqueryExpr& b) const {
    return a.range_ms == b.range_ms && a.step_ms == b.step_ms && SameShift(a.shift, b.shift) &&
           Same(a.range_expr.get(), b.range_expr.get()) &&
           Same(a.step_expr.get(), b.step_expr.get()) && Same(a.expr.get(), b.expr.get());
  }
  bool SameNode(const DurationExpr& a, const DurationExpr& b) const {
    return a.op == b.op && a.wrapped == b.wrapped && Same(a.lhs.get(), b.lhs.get()) &&
           Same(a.rhs.get(), b.rhs.get());
  }
  bool SameShift(const TimeShift& a, const TimeShift& b) const {
    return a.offset_ms == b.offset_ms && Same(a.offset_expr.get(), b.offset_expr.get()) &&
           SameAt(a.at, b.at);
  }

  // Both are of kind T.
  template <typename T>
  bool SameAs(const Expr& a, const Expr& b) const {
    return SameNode(static_cast<const T&>(a), static_cast<const T&>(b));
  }

  const bool parens_count_;
};

bool Comparison::Same(const Expr* a, const Expr* b) const {
  if (!parens_count_) a = Unwrap(a), b = Unwrap(b);
  if (a == nullptr || b == nullptr) return a == b;
  if (a->kind != b->kind) return false;
  switch (a->kind) {
    case ExprKind::kNumber:
      return SameAs<NumberLiteral>(*a, *b);
    case ExprKind::kString:
      return SameAs<StringLiteral>(*a, *b);
    case ExprKind::kParen:
      return SameAs<ParenExpr>(*a, *b);
    case ExprKind::kUnary:
      return SameAs<UnaryExpr>(*a, *b);
    case ExprKind::kBinary:
      return SameAs<BinaryExpr>(*a, *b);
    case ExprKind::kAggregate:
      return SameAs<AggregateExpr>(*a, *b);
    case ExprKind::kCall:
      return SameAs<Call>(*a, *b);
    case ExprKind::kVectorSelector:
      return SameAs<VectorSelector>(*a, *b);
    case ExprKind::kMatrixSelector:
      return SameAs<MatrixSelector>(*a, *b);
    case ExprKind::kSubquery:
      return SameAs<SubqueryExpr>(*a, *b);
    case ExprKind::kDuration:
      return SameAs<DurationExpr>(*a, *b);
  }
  return false;
}

}  // namespace

bool Equal(const Expr& a, const Expr& b) { return Comparison(true).Same(&a, &b); }

bool EqualButForParens(const Expr& a, const Expr& b) { return Comparison(false).Same(&a, &b); }

}  // namespace tidemark::promql
