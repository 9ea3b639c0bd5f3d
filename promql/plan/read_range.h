// ReadRange: the times whose samples a query may need.
#pragma once

#include <cstdint>

#include "promql/parser/ast.h"
#include "promql/plan/query_times.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// Both inclusive, milliseconds; (0, 0) when nothing is selected.
struct ReadRange {
  int64_t start = 0;
  int64_t end = 0;
};

// Over all selectors of `expr`, with their ranges, lookback, offsets and `@`, inside
// subqueries, too.  Errors: those of duration expressions.
StatusOr<ReadRange> ReadRangeOf(const Expr& expr, const QueryTimes& times, int64_t lookback_ms);

}  // namespace tidemark::promql
