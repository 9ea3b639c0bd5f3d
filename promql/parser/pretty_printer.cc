// A node is printed on one line when that is short enough.  Else it is split: its
// operands go on lines of their own, one level further in.  Level 0 also stands for
// a node that continues a line, which is why it has no indentation.
#include <string>

#include "promql/parser/functions.h"
#include "promql/parser/print_parts.h"
#include "promql/parser/printer.h"

namespace tidemark::promql {
namespace {

constexpr size_t kMaxLineBytes = 100;
constexpr std::string_view kIndent = "  ";

std::string Indent(int level) {
  std::string out;
  for (int i = 0; i < level; ++i) out += kIndent;
  return out;
}

bool NeedsSplit(const Expr& expr) { return PrintUpTo(expr, kMaxLineBytes).size() > kMaxLineBytes; }

class PrettyPrinter {
 public:
  void Print(const Expr& expr, int level);
  std::string Take() { return std::move(out_); }

 private:
  void PrintSplit(const Expr& expr, int level);
  void PrintAggregate(const AggregateExpr& aggregate, int level);
  void PrintBinary(const BinaryExpr& binary, int level);
  void PrintCall(const Call& call, int level);
  void PrintUnary(const UnaryExpr& unary, int level);
  void Line(std::string_view text, int level);

  std::string out_;
};

void PrettyPrinter::Line(std::string_view text, int level) {
  out_ += '\n';
  out_ += Indent(level);
  out_ += text;
}

void PrettyPrinter::Print(const Expr& expr, int level) {
  if (expr.kind == ExprKind::kUnary) return PrintUnary(static_cast<const UnaryExpr&>(expr), level);
  if (NeedsSplit(expr)) return PrintSplit(expr, level);
  if (expr.kind != ExprKind::kSubquery) out_ += Indent(level);
  out_ += promql::Print(expr);
}

void PrettyPrinter::PrintSplit(const Expr& expr, int level) {
  switch (expr.kind) {
    case ExprKind::kAggregate:
      return PrintAggregate(static_cast<const AggregateExpr&>(expr), level);
    case ExprKind::kBinary:
      return PrintBinary(static_cast<const BinaryExpr&>(expr), level);
    case ExprKind::kCall:
      return PrintCall(static_cast<const Call&>(expr), level);
    case ExprKind::kParen:
      out_ += Indent(level) + "(\n";
      Print(*static_cast<const ParenExpr&>(expr).expr, level + 1);
      return Line(")", level);
    case ExprKind::kSubquery:
      Print(*static_cast<const SubqueryExpr&>(expr).expr, level);
      out_ += SubquerySuffix(static_cast<const SubqueryExpr&>(expr));
      return;
    default:
      out_ += Indent(level) + promql::Print(expr);
  }
}

void PrettyPrinter::PrintAggregate(const AggregateExpr& aggregate, int level) {
  out_ += Indent(level) + AggregateHead(aggregate) + "(\n";
  if (aggregate.param != nullptr) {
    Print(*aggregate.param, level + 1);
    out_ += ",\n";
  }
  Print(*aggregate.expr, level + 1);
  Line(")", level);
}

void PrettyPrinter::PrintBinary(const BinaryExpr& binary, int level) {
  Print(*binary.lhs, level + 1);
  Line(BinaryOperator(binary) + "\n", level);
  Print(*binary.rhs, level + 1);
}

void PrettyPrinter::PrintCall(const Call& call, int level) {
  out_ += Indent(level);
  out_ += call.function->name;
  out_ += "(\n";
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (i > 0) out_ += ",\n";
    Print(*call.args[i], level + 1);
  }
  Line(")", level);
}

// The operator takes the place of the operand's indentation.
void PrettyPrinter::PrintUnary(const UnaryExpr& unary, int level) {
  out_ += Indent(level);
  out_ += BinaryOpName(unary.op);
  const size_t start = out_.size();
  Print(*unary.expr, level);
  out_.erase(start, out_.find_first_not_of(' ', start) - start);
}

}  // namespace

std::string PrettyPrint(const Expr& expr) {
  PrettyPrinter printer;
  printer.Print(expr, 0);
  return printer.Take();
}

}  // namespace tidemark::promql
