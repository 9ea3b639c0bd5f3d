// When info() looks at the info series: at the time of what it adds labels to.
#pragma once

#include "promql/parser/ast.h"
#include "promql/plan/duration.h"
#include "promql/plan/query_times.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// `@` and offset of the first selector in `base`, info()'s first argument; offsets
// of the subqueries around it add up until an `@`, which makes what is further out
// meaningless.  Without a selector: no shift.
//   kInvalidArgument  a bad duration expression
StatusOr<ResolvedShift> InfoShift(const Expr& base, const QueryTimes& times);

}  // namespace tidemark::promql
