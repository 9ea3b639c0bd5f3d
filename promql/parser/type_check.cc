#include "promql/parser/type_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "promql/parser/functions.h"
#include "promql/parser/parser.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

bool IsScalarOrVector(ValueType type) {
  return type == ValueType::kScalar || type == ValueType::kVector;
}

class TypeChecker {
 public:
  explicit TypeChecker(std::string_view text) : text_(text) {}

  // Children first: theirs is the first error.
  Status Check(Expr& expr);

 private:
  Status Fail(int32_t pos, std::string_view message) { return ParseError(text_, pos, message); }
  Status ExpectType(Expr& expr, ValueType wanted, std::string_view context);
  Status CheckUnary(UnaryExpr& unary);
  Status CheckBinary(BinaryExpr& binary);
  Status CheckOperands(const BinaryExpr& binary);
  Status CheckMatching(BinaryExpr& binary);
  Status CheckSetOperator(const BinaryExpr& binary);
  Status CheckAggregate(AggregateExpr& aggregate);
  Status CheckCall(Call& call);
  Status CheckArgumentCount(const Call& call);
  Status CheckInfoSelector(const Call& call);
  Status CheckSelector(const VectorSelector& selector, bool may_match_all);
  Status CheckSubquery(SubqueryExpr& subquery);
  int32_t OperatorPos(const BinaryExpr& binary) const;

  const std::string_view text_;
};

Status TypeChecker::Check(Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kParen:
      return Check(*static_cast<ParenExpr&>(expr).expr);
    case ExprKind::kUnary:
      return CheckUnary(static_cast<UnaryExpr&>(expr));
    case ExprKind::kBinary:
      return CheckBinary(static_cast<BinaryExpr&>(expr));
    case ExprKind::kAggregate:
      return CheckAggregate(static_cast<AggregateExpr&>(expr));
    case ExprKind::kCall:
      return CheckCall(static_cast<Call&>(expr));
    case ExprKind::kVectorSelector:
      return CheckSelector(static_cast<VectorSelector&>(expr), false);
    case ExprKind::kMatrixSelector:
      return CheckSelector(*static_cast<MatrixSelector&>(expr).selector, false);
    case ExprKind::kSubquery:
      return CheckSubquery(static_cast<SubqueryExpr&>(expr));
    case ExprKind::kNumber:
    case ExprKind::kString:
    case ExprKind::kDuration:
      return OkStatus();
  }
  return OkStatus();
}

Status TypeChecker::ExpectType(Expr& expr, ValueType wanted, std::string_view context) {
  RETURN_IF_ERROR(Check(expr));
  if (expr.type() == wanted) return OkStatus();
  return Fail(expr.pos.start, fmt::format("expected type {} in {}, got {}", DocumentedType(wanted),
                                          context, DocumentedType(expr.type())));
}

Status TypeChecker::CheckUnary(UnaryExpr& unary) {
  RETURN_IF_ERROR(Check(*unary.expr));
  const ValueType type = unary.expr->type();
  if (IsScalarOrVector(type)) return OkStatus();
  return Fail(unary.pos.start,
              fmt::format("unary expression only allowed on expressions of type scalar or instant "
                          "vector, got \"{}\"",
                          DocumentedType(type)));
}

Status TypeChecker::CheckBinary(BinaryExpr& binary) {
  RETURN_IF_ERROR(Check(*binary.lhs));
  RETURN_IF_ERROR(Check(*binary.rhs));
  RETURN_IF_ERROR(CheckOperands(binary));
  return CheckMatching(binary);
}

Status TypeChecker::CheckOperands(const BinaryExpr& binary) {
  const ValueType left = binary.lhs->type();
  const ValueType right = binary.rhs->type();
  const bool compares = IsComparison(binary.op);
  if (binary.return_bool && !compares) {
    return Fail(OperatorPos(binary), "bool modifier can only be used on comparison operators");
  }
  if (compares && !binary.return_bool && left == ValueType::kScalar &&
      right == ValueType::kScalar) {
    return Fail(OperatorPos(binary), "comparisons between scalars must use BOOL modifier");
  }
  const VectorMatching& matching = *binary.matching;
  for (const std::string& label : matching.labels) {
    const auto& include = matching.include;
    if (!matching.on || std::find(include.begin(), include.end(), label) == include.end()) continue;
    return Fail(
        OperatorPos(binary),
        fmt::format("label {} must not occur in ON and GROUP clause at once", Quoted(label)));
  }
  for (const Expr* side : {binary.lhs.get(), binary.rhs.get()}) {
    if (IsScalarOrVector(side->type())) continue;
    return Fail(side->pos.start,
                "binary expression must contain only scalar and instant vector types");
  }
  return OkStatus();
}

Status TypeChecker::CheckMatching(BinaryExpr& binary) {
  VectorMatching& matching = *binary.matching;
  if (IsSetOperator(binary.op) && matching.card == MatchCardinality::kOneToOne) {
    matching.card = MatchCardinality::kManyToMany;
  }
  const bool vectors =
      binary.lhs->type() == ValueType::kVector && binary.rhs->type() == ValueType::kVector;
  if (vectors) return IsSetOperator(binary.op) ? CheckSetOperator(binary) : OkStatus();
  if (!matching.labels.empty()) {
    return Fail(binary.pos.start, "vector matching only allowed between instant vectors");
  }
  if (matching.fill_left || matching.fill_right) {
    return Fail(binary.pos.start, "filling in missing series only allowed between instant vectors");
  }
  binary.matching.reset();
  if (!IsSetOperator(binary.op)) return OkStatus();
  return Fail(binary.pos.start,
              fmt::format("set operator \"{}\" not allowed in binary scalar expression",
                          BinaryOpName(binary.op)));
}

Status TypeChecker::CheckSetOperator(const BinaryExpr& binary) {
  const VectorMatching& matching = *binary.matching;
  if (matching.card != MatchCardinality::kManyToMany) {
    return Fail(binary.pos.start,
                fmt::format("no grouping allowed for \"{}\" operation", BinaryOpName(binary.op)));
  }
  if (matching.fill_left || matching.fill_right) {
    return Fail(binary.pos.start, "filling in missing series not allowed for set operators");
  }
  return OkStatus();
}

Status TypeChecker::CheckAggregate(AggregateExpr& aggregate) {
  RETURN_IF_ERROR(ExpectType(*aggregate.expr, ValueType::kVector, "aggregation expression"));
  if (aggregate.param == nullptr) return OkStatus();
  const bool string = aggregate.op == AggregateOp::kCountValues;
  return ExpectType(*aggregate.param, string ? ValueType::kString : ValueType::kScalar,
                    "aggregation parameter");
}

Status TypeChecker::CheckCall(Call& call) {
  RETURN_IF_ERROR(CheckArgumentCount(call));
  const Function& function = *call.function;
  const bool info = function.name == "info" && call.args.size() > 1;
  if (info) RETURN_IF_ERROR(CheckInfoSelector(call));
  const std::string context = fmt::format("call to function \"{}\"", function.name);
  for (size_t i = 0; i < call.args.size(); ++i) {
    const ValueType wanted = function.arg_types[std::min(i, function.arg_types.size() - 1)];
    if (info && i == 1) continue;  // the selector that has been checked
    RETURN_IF_ERROR(ExpectType(*call.args[i], wanted, context));
  }
  return OkStatus();
}

Status TypeChecker::CheckArgumentCount(const Call& call) {
  const Function& function = *call.function;
  const size_t given = call.args.size();
  const size_t types = function.arg_types.size();
  const auto fail = [&](std::string_view bound, size_t count) {
    return Fail(call.pos.start, fmt::format("expected {}{} argument(s) in call to \"{}\", got {}",
                                            bound, count, function.name, given));
  };
  if (function.variadic == 0) return given == types ? OkStatus() : fail("", types);
  const size_t least = types - 1;
  if (given < least) return fail("at least ", least);
  if (function.variadic < 0 || given <= least + function.variadic) return OkStatus();
  return fail("at most ", least + function.variadic);
}

// The second argument of info() says which labels are wanted: it may select
// everything, but has no metric name of its own.
Status TypeChecker::CheckInfoSelector(const Call& call) {
  const Expr& arg = *call.args[1];
  if (arg.type() != ValueType::kVector) {
    return Fail(call.pos.start,
                fmt::format("expected type {} in call to function \"info\", got {}",
                            DocumentedType(ValueType::kVector), DocumentedType(arg.type())));
  }
  const auto* selector = As<VectorSelector>(&arg);
  if (selector == nullptr) return Fail(arg.pos.start, "expected label selectors only");
  if (!selector->name.empty()) {
    return Fail(arg.pos.start, "expected label selectors only, got vector selector instead");
  }
  return CheckSelector(*selector, true);
}

Status TypeChecker::CheckSelector(const VectorSelector& selector, bool may_match_all) {
  const auto& matchers = selector.matchers;
  if (!selector.name.empty()) {
    for (const tsdb::Matcher& matcher : matchers) {
      // The last one is the name's own.
      if (&matcher == &matchers.back() || matcher.name() != tsdb::kMetricName) continue;
      return Fail(selector.pos.start, fmt::format("metric name must not be set twice: {} or {}",
                                                  Quoted(selector.name), Quoted(matcher.value())));
    }
    return OkStatus();
  }
  const bool restricts = std::any_of(matchers.begin(), matchers.end(),
                                     [](const tsdb::Matcher& m) { return !m.MatchesEmpty(); });
  if (may_match_all || restricts) return OkStatus();
  return Fail(selector.pos.start, "vector selector must contain at least one non-empty matcher");
}

Status TypeChecker::CheckSubquery(SubqueryExpr& subquery) {
  RETURN_IF_ERROR(Check(*subquery.expr));
  const ValueType type = subquery.expr->type();
  if (type == ValueType::kVector) return OkStatus();
  return Fail(subquery.pos.start,
              fmt::format("subquery is only allowed on instant vector, got {} instead",
                          ValueTypeName(type)));
}

// Where the operator is written: after the left side and any space.
int32_t TypeChecker::OperatorPos(const BinaryExpr& binary) const {
  const size_t at = text_.find_first_not_of(" \t\n\r", binary.lhs->pos.end);
  return static_cast<int32_t>(std::min(at, text_.size()));
}

}  // namespace

Status CheckTypes(Expr& expr, std::string_view text) { return TypeChecker(text).Check(expr); }

}  // namespace tidemark::promql
