// Whether two expressions are the same.
#pragma once

#include "promql/parser/ast.h"

namespace tidemark::promql {

// Node by node, without positions.  Matchers count as a set: printing puts them in
// an order of its own.  Numbers are compared by their bits, but all NaN are equal.
bool Equal(const Expr& a, const Expr& b);

// The same, where parentheses count for nothing but the structure they make.
bool EqualButForParens(const Expr& a, const Expr& b);

}  // namespace tidemark::promql
