// Durations, offsets and `@` of a syntax tree as milliseconds: duration
// expressions and start(), end() are known once the query's times are.
#pragma once

#include <cstdint>
#include <optional>

#include "promql/parser/ast.h"
#include "promql/plan/query_times.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// `expr` in milliseconds, or `literal_ms` if it is null.
//   kInvalidArgument  "1:5: duration must be greater than 0" and the like
StatusOr<int64_t> ResolvePositiveDuration(const DurationExpr* expr, int64_t literal_ms,
                                          const QueryTimes& times);

struct ResolvedShift {
  int64_t offset_ms = 0;
  std::optional<int64_t> at;  // milliseconds
};
StatusOr<ResolvedShift> ResolveShift(const TimeShift& shift, const QueryTimes& times);

}  // namespace tidemark::promql
