// The pieces that printer.cc and pretty_printer.cc put together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "promql/parser/ast.h"

namespace tidemark::promql {

// What Print(expr) gives, or, when that is longer than `limit`, some text longer
// than `limit`, without the cost of printing all of it.
std::string PrintUpTo(const Expr& expr, size_t limit);

// The operator with its modifiers: `== bool on (a) group_left (b)`.
std::string BinaryOperator(const BinaryExpr& binary);

// The aggregation up to its parenthesis: `sum by (a) `.
std::string AggregateHead(const AggregateExpr& aggregate);

// The name and the matchers, the latter in order of their text.
std::string Matchers(const VectorSelector& selector);

// `[5m:1m] @ end() offset 1h`.
std::string SubquerySuffix(const SubqueryExpr& subquery);

// ` @ 1.000`, ` offset 5m`, ` anchored`: with a space in front; "" without one.
std::string AtSuffix(const TimeShift& shift);
std::string OffsetSuffix(const TimeShift& shift);
std::string ExtendedSuffix(const VectorSelector& selector);

// `expr` when there is one, else `ms` as a duration.
std::string DurationText(int64_t ms, const DurationExpr* expr);

// "+", "step", "min_of" …
std::string_view DurationOpName(DurationExpr::Op op);

}  // namespace tidemark::promql
