#include "promql/parser/printer.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <limits>

#include "promql/parser/duration.h"
#include "promql/parser/functions.h"
#include "promql/parser/number_literal.h"
#include "promql/parser/print_parts.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

// Prints into `out` until it is longer than `limit`; what comes after that is not
// needed any more.
class Printer {
 public:
  Printer(std::string& out, size_t limit) : out_(out), limit_(limit) {}

  void Print(const Expr& expr);

 private:
  void PrintNumber(const NumberLiteral& number);
  void PrintUnary(const UnaryExpr& unary);
  void PrintBinary(const BinaryExpr& binary);
  void PrintAggregate(const AggregateExpr& aggregate);
  void PrintCall(const Call& call);
  void PrintSelector(const VectorSelector& selector);
  void PrintMatrix(const MatrixSelector& matrix);
  void PrintDuration(const DurationExpr& duration);
  void PrintDurationOperation(const DurationExpr& duration);

  std::string& out_;
  const size_t limit_;
};

void Printer::Print(const Expr& expr) {
  if (out_.size() > limit_) return;
  switch (expr.kind) {
    case ExprKind::kNumber:
      return PrintNumber(static_cast<const NumberLiteral&>(expr));
    case ExprKind::kString:
      return AppendQuoted(out_, static_cast<const StringLiteral&>(expr).value);
    case ExprKind::kParen:
      out_ += '(';
      Print(*static_cast<const ParenExpr&>(expr).expr);
      out_ += ')';
      return;
    case ExprKind::kUnary:
      return PrintUnary(static_cast<const UnaryExpr&>(expr));
    case ExprKind::kBinary:
      return PrintBinary(static_cast<const BinaryExpr&>(expr));
    case ExprKind::kAggregate:
      return PrintAggregate(static_cast<const AggregateExpr&>(expr));
    case ExprKind::kCall:
      return PrintCall(static_cast<const Call&>(expr));
    case ExprKind::kVectorSelector:
      return PrintSelector(static_cast<const VectorSelector&>(expr));
    case ExprKind::kMatrixSelector:
      return PrintMatrix(static_cast<const MatrixSelector&>(expr));
    case ExprKind::kSubquery:
      Print(*static_cast<const SubqueryExpr&>(expr).expr);
      out_ += SubquerySuffix(static_cast<const SubqueryExpr&>(expr));
      return;
    case ExprKind::kDuration:
      return PrintDuration(static_cast<const DurationExpr&>(expr));
  }
}

void Printer::PrintNumber(const NumberLiteral& number) {
  if (!number.is_duration) {
    out_ += FormatFixed(number.value);
  } else {
    out_ += FormatDuration(DurationMsOf(number.value));
  }
}

void Printer::PrintUnary(const UnaryExpr& unary) {
  out_ += BinaryOpName(unary.op);
  Print(*unary.expr);
}

void Printer::PrintBinary(const BinaryExpr& binary) {
  const auto* left = As<NumberLiteral>(binary.lhs.get());
  if (binary.op == BinaryOp::kPow && left != nullptr && left->value > 0 &&
      std::isinf(left->value)) {
    out_ += "Inf";  // +Inf ^ x would be +(Inf ^ x)
  } else {
    Print(*binary.lhs);
  }
  out_ += ' ';
  out_ += BinaryOperator(binary);
  out_ += ' ';
  Print(*binary.rhs);
}

void Printer::PrintAggregate(const AggregateExpr& aggregate) {
  out_ += AggregateHead(aggregate);
  out_ += '(';
  if (aggregate.param != nullptr) {
    Print(*aggregate.param);
    out_ += ", ";
  }
  Print(*aggregate.expr);
  out_ += ')';
}

void Printer::PrintCall(const Call& call) {
  out_ += call.function->name;
  out_ += '(';
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (i > 0) out_ += ", ";
    Print(*call.args[i]);
  }
  out_ += ')';
}

void Printer::PrintSelector(const VectorSelector& selector) {
  out_ += Matchers(selector);
  out_ += AtSuffix(selector.shift);
  out_ += ExtendedSuffix(selector);
  out_ += OffsetSuffix(selector.shift);
}

void Printer::PrintMatrix(const MatrixSelector& matrix) {
  const VectorSelector& selector = *matrix.selector;
  out_ += Matchers(selector);
  fmt::format_to(std::back_inserter(out_), "[{}]",
                 DurationText(matrix.range_ms, matrix.range_expr.get()));
  out_ += ExtendedSuffix(selector);
  out_ += AtSuffix(selector.shift);
  out_ += OffsetSuffix(selector.shift);
}

void Printer::PrintDuration(const DurationExpr& duration) {
  if (duration.wrapped) out_ += '(';
  PrintDurationOperation(duration);
  if (duration.wrapped) out_ += ')';
}

void Printer::PrintDurationOperation(const DurationExpr& duration) {
  const std::string_view op = DurationOpName(duration.op);
  if (duration.lhs != nullptr && duration.op >= DurationExpr::Op::kMin) {
    out_ += op;
    out_ += '(';
    Print(*duration.lhs);
    out_ += ", ";
    Print(*duration.rhs);
    out_ += ')';
  } else if (duration.lhs != nullptr) {
    Print(*duration.lhs);
    fmt::format_to(std::back_inserter(out_), " {} ", op);
    Print(*duration.rhs);
  } else if (duration.rhs == nullptr) {
    out_ += op;
    out_ += "()";
  } else {
    if (duration.op == DurationExpr::Op::kSub) out_ += op;
    Print(*duration.rhs);
  }
}

}  // namespace

std::string Print(const Expr& expr) { return PrintUpTo(expr, std::numeric_limits<size_t>::max()); }

std::string PrintUpTo(const Expr& expr, size_t limit) {
  std::string out;
  Printer(out, limit).Print(expr);
  return out;
}

}  // namespace tidemark::promql
