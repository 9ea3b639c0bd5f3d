// Which parts of an expression have the same value at every step, so that one
// evaluation serves them all.
#pragma once

#include "promql/parser/ast.h"

namespace tidemark::promql {

// By Prometheus' rules: all selectors in `expr` carry `@`, and no function in it
// depends on the time of evaluation.  A number is invariant, too.
bool IsStepInvariant(const Expr& expr);

}  // namespace tidemark::promql
