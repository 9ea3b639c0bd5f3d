// The selectors of an expression, wherever they stand in it.
#pragma once

#include <vector>

#include "promql/parser/ast.h"

namespace tidemark::promql {

// In the order written, those inside range selectors and subqueries included.
// They belong to `expr`.
std::vector<const VectorSelector*> SelectorsOf(const Expr& expr);

}  // namespace tidemark::promql
