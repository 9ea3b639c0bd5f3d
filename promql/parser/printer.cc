#include "promql/parser/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "promql/go_float.h"
#include "promql/parser/duration.h"
#include "promql/parser/functions.h"
#include "promql/parser/number_literal.h"
#include "promql/parser/print_parts.h"
#include "tsdb/base/quote.h"
#include "tsdb/model/labels.h"

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

void AppendLabelNames(std::string& out, const std::vector<std::string>& names) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ", ";
    AppendName(out, names[i]);
  }
}

void AppendFills(std::string& out, const VectorMatching& matching) {
  const auto to = std::back_inserter(out);
  if (matching.fill_left && matching.fill_right && *matching.fill_left == *matching.fill_right) {
    fmt::format_to(to, " fill ({})", GoFloat(*matching.fill_left));
    return;
  }
  if (matching.fill_left) fmt::format_to(to, " fill_left ({})", GoFloat(*matching.fill_left));
  if (matching.fill_right) fmt::format_to(to, " fill_right ({})", GoFloat(*matching.fill_right));
}

void AppendMatching(std::string& out, const VectorMatching& matching) {
  const bool left = matching.card == MatchCardinality::kManyToOne;
  const bool grouped = left || matching.card == MatchCardinality::kOneToMany;
  if (!matching.labels.empty() || matching.on || grouped) {
    out += matching.on ? " on (" : " ignoring (";
    AppendLabelNames(out, matching.labels);
    out += ')';
  }
  if (grouped) {
    out += left ? " group_left (" : " group_right (";
    AppendLabelNames(out, matching.include);
    out += ')';
  }
  AppendFills(out, matching);
}

// Whether the matcher is what the name before the braces stands for.
bool IsName(const tsdb::Matcher& matcher, std::string_view name) {
  return matcher.op() == tsdb::Matcher::Op::kEqual && matcher.name() == tsdb::kMetricName &&
         matcher.value() == name && !name.empty();
}

}  // namespace

std::string Print(const Expr& expr) { return PrintUpTo(expr, std::numeric_limits<size_t>::max()); }

std::string PrintUpTo(const Expr& expr, size_t limit) {
  std::string out;
  Printer(out, limit).Print(expr);
  return out;
}

std::string BinaryOperator(const BinaryExpr& binary) {
  std::string out(BinaryOpName(binary.op));
  if (binary.return_bool) out += " bool";
  if (binary.matching) AppendMatching(out, *binary.matching);
  return out;
}

std::string AggregateHead(const AggregateExpr& aggregate) {
  std::string out(AggregateOpName(aggregate.op));
  if (!aggregate.without && aggregate.grouping.empty()) return out;
  out += aggregate.without ? " without (" : " by (";
  AppendLabelNames(out, aggregate.grouping);
  out += ") ";
  return out;
}

std::string Matchers(const VectorSelector& selector) {
  std::vector<std::string> texts;
  for (const tsdb::Matcher& matcher : selector.matchers) {
    if (!IsName(matcher, selector.name)) texts.push_back(matcher.ToString());
  }
  if (texts.empty()) return selector.name.empty() ? "{}" : selector.name;
  std::sort(texts.begin(), texts.end());
  return fmt::format("{}{{{}}}", selector.name, fmt::join(texts, ","));
}

std::string SubquerySuffix(const SubqueryExpr& subquery) {
  const bool has_step = subquery.step_ms != 0 || subquery.step_expr != nullptr;
  return fmt::format(
      "[{}:{}]{}{}", DurationText(subquery.range_ms, subquery.range_expr.get()),
      has_step ? DurationText(subquery.step_ms, subquery.step_expr.get()) : std::string(),
      AtSuffix(subquery.shift), OffsetSuffix(subquery.shift));
}

std::string AtSuffix(const TimeShift& shift) {
  if (!shift.at) return "";
  switch (shift.at->kind) {
    case AtModifier::Kind::kStart:
      return " @ start()";
    case AtModifier::Kind::kEnd:
      return " @ end()";
    case AtModifier::Kind::kTime:
      break;
  }
  return fmt::format(" @ {:.3f}", static_cast<double>(shift.at->t) / 1000.0);
}

std::string OffsetSuffix(const TimeShift& shift) {
  if (shift.offset_expr != nullptr) return " offset " + Print(*shift.offset_expr);
  return shift.offset_ms == 0 ? "" : " offset " + FormatDuration(shift.offset_ms);
}

std::string ExtendedSuffix(const VectorSelector& selector) {
  if (selector.anchored) return " anchored";
  return selector.smoothed ? " smoothed" : "";
}

std::string DurationText(int64_t ms, const DurationExpr* expr) {
  return expr != nullptr ? Print(*expr) : FormatDuration(ms);
}

std::string_view DurationOpName(DurationExpr::Op op) {
  switch (op) {
    case DurationExpr::Op::kAdd:
      return "+";
    case DurationExpr::Op::kSub:
      return "-";
    case DurationExpr::Op::kMul:
      return "*";
    case DurationExpr::Op::kDiv:
      return "/";
    case DurationExpr::Op::kMod:
      return "%";
    case DurationExpr::Op::kPow:
      return "^";
    case DurationExpr::Op::kStep:
      return "step";
    case DurationExpr::Op::kRange:
      return "range";
    case DurationExpr::Op::kMin:
      return "min_of";
    case DurationExpr::Op::kMax:
      return "max_of";
  }
  return "";
}

}  // namespace tidemark::promql
