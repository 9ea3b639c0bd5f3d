// The syntax tree of a PromQL expression.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Expr> expr, ParseExpr(text, options));   // parse.h
//   if (const auto* call = As<Call>(expr.get())) …
//   Print(*expr);                                                            // printer.h
//
// Plain structs, made by the parser and not changed afterwards.  Positions are
// byte offsets into the text, [start, end).
//
// Ownership: a node owns its children.  Threads: immutable once parsed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "promql/parser/value_type.h"
#include "tsdb/model/matcher.h"

namespace tidemark::promql {

struct PositionRange {
  int32_t start = 0;
  int32_t end = 0;
  bool operator==(const PositionRange&) const = default;
};

// Binary, set and trim operators, and the unary ones (kAdd, kSub).
enum class BinaryOp {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAnd,
  kOr,
  kUnless,
  kTrimUpper,  // </
  kTrimLower,  // >/
};
std::string_view BinaryOpName(BinaryOp op);
bool IsComparison(BinaryOp op);
bool IsSetOperator(BinaryOp op);

enum class AggregateOp {
  kSum,
  kAvg,
  kCount,
  kMin,
  kMax,
  kGroup,
  kStddev,
  kStdvar,
  kTopk,
  kBottomk,
  kCountValues,
  kQuantile,
  kLimitk,
  kLimitRatio,
};
std::string_view AggregateOpName(AggregateOp op);
bool TakesParam(AggregateOp op);  // topk(5, …), quantile(0.9, …), count_values("x", …) …

enum class ExprKind {
  kNumber,
  kString,
  kParen,
  kUnary,
  kBinary,
  kAggregate,
  kCall,
  kVectorSelector,
  kMatrixSelector,
  kSubquery,
  kDuration,
};

struct Expr {
  explicit Expr(ExprKind k) : kind(k) {}
  virtual ~Expr() = default;
  virtual ValueType type() const = 0;

  const ExprKind kind;
  PositionRange pos;
  // Levels of the tree from here down, set by the parser, which keeps it within
  // kMaxTreeHeight (parse.h): recursion over a parsed tree needs no other bound.
  int32_t height = 1;
};
using ExprPtr = std::unique_ptr<Expr>;

// The node as a T, or null when it is another kind.
template <typename T>
const T* As(const Expr* expr) {
  return expr != nullptr && expr->kind == T::kKind ? static_cast<const T*>(expr) : nullptr;
}
// The same through any parentheses.
const Expr* Unwrap(const Expr* expr);

struct NumberLiteral : Expr {
  static constexpr ExprKind kKind = ExprKind::kNumber;
  NumberLiteral() : Expr(kKind) {}
  ValueType type() const override { return ValueType::kScalar; }
  double value = 0;
  bool is_duration = false;  // written as 5m: printed so
};

struct StringLiteral : Expr {
  static constexpr ExprKind kKind = ExprKind::kString;
  StringLiteral() : Expr(kKind) {}
  ValueType type() const override { return ValueType::kString; }
  std::string value;
};

struct ParenExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kParen;
  ParenExpr() : Expr(kKind) {}
  ValueType type() const override { return expr->type(); }
  ExprPtr expr;
};

struct UnaryExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kUnary;
  UnaryExpr() : Expr(kKind) {}
  ValueType type() const override { return expr->type(); }
  BinaryOp op = BinaryOp::kAdd;  // kAdd or kSub
  ExprPtr expr;
};

enum class MatchCardinality { kOneToOne, kManyToOne, kOneToMany, kManyToMany };
std::string_view MatchCardinalityName(MatchCardinality card);  // "one-to-one" …

struct VectorMatching {
  MatchCardinality card = MatchCardinality::kOneToOne;
  std::vector<std::string> labels;
  bool on = false;                   // labels are those to match on, not to ignore
  std::vector<std::string> include;  // of group_left(…), group_right(…)
  std::optional<double> fill_left;   // fill modifiers
  std::optional<double> fill_right;
};

struct BinaryExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kBinary;
  BinaryExpr() : Expr(kKind) {}
  ValueType type() const override {
    const bool scalars = lhs->type() == ValueType::kScalar && rhs->type() == ValueType::kScalar;
    return scalars ? ValueType::kScalar : ValueType::kVector;
  }
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr lhs;
  ExprPtr rhs;
  std::optional<VectorMatching> matching;  // when both sides are vectors
  bool return_bool = false;
};

struct AggregateExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kAggregate;
  AggregateExpr() : Expr(kKind) {}
  ValueType type() const override { return ValueType::kVector; }
  AggregateOp op = AggregateOp::kSum;
  ExprPtr expr;
  ExprPtr param;  // of topk, quantile, count_values …; else null
  std::vector<std::string> grouping;
  bool without = false;
};

struct Function;  // functions.h of this folder

struct Call : Expr {
  static constexpr ExprKind kKind = ExprKind::kCall;
  Call() : Expr(kKind) {}
  ValueType type() const override;
  const Function* function = nullptr;  // never null; lives for ever
  std::vector<ExprPtr> args;
};

// Arithmetic on durations, and step(), range(), min_of(…), max_of(…) in the
// place of one; what it comes to is known when the query's step and range are.
struct DurationExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kDuration;
  DurationExpr() : Expr(kKind) {}
  ValueType type() const override { return ValueType::kScalar; }
  enum class Op { kAdd, kSub, kMul, kDiv, kMod, kPow, kStep, kRange, kMin, kMax };
  Op op = Op::kAdd;
  ExprPtr lhs;  // null for unary operators; both null for step() and range()
  ExprPtr rhs;
  bool wrapped = false;  // in parentheses
};

// `@ 1234.5`, `@ start()`, `@ end()`.
struct AtModifier {
  enum class Kind { kTime, kStart, kEnd } kind = Kind::kTime;
  int64_t t = 0;  // kTime: milliseconds since the Unix epoch
};

// What follows a selector or a subquery: offset and @.
struct TimeShift {
  int64_t offset_ms = 0;
  std::unique_ptr<DurationExpr> offset_expr;  // instead of offset_ms
  std::optional<AtModifier> at;
};

struct VectorSelector : Expr {
  static constexpr ExprKind kKind = ExprKind::kVectorSelector;
  VectorSelector() : Expr(kKind) {}
  ValueType type() const override { return ValueType::kVector; }
  std::string name;                     // "" when it is only among the matchers
  std::vector<tsdb::Matcher> matchers;  // the one for __name__ included
  TimeShift shift;
  bool anchored = false;
  bool smoothed = false;
};

struct MatrixSelector : Expr {
  static constexpr ExprKind kKind = ExprKind::kMatrixSelector;
  MatrixSelector() : Expr(kKind) {}
  ValueType type() const override { return ValueType::kMatrix; }
  std::unique_ptr<VectorSelector> selector;  // holds offset and @
  int64_t range_ms = 0;
  std::unique_ptr<DurationExpr> range_expr;  // instead of range_ms
};

struct SubqueryExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kSubquery;
  SubqueryExpr() : Expr(kKind) {}
  ValueType type() const override { return ValueType::kMatrix; }
  ExprPtr expr;
  int64_t range_ms = 0;
  std::unique_ptr<DurationExpr> range_expr;
  int64_t step_ms = 0;  // 0: the engine's default
  std::unique_ptr<DurationExpr> step_expr;
  TimeShift shift;
};

}  // namespace tidemark::promql
