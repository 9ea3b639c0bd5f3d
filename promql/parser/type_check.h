// Type checks of a parsed expression, and what depends on types.
#pragma once

#include <string_view>

#include "promql/parser/ast.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// Checks `expr`, which was parsed from `text`, and all below it.  Completes the
// matching of binary operators: none unless both sides are vectors, many-to-many
// for set operators.
//   kInvalidArgument  the first error, in Prometheus' order and words
Status CheckTypes(Expr& expr, std::string_view text);

}  // namespace tidemark::promql
