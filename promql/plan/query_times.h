// QueryTimes: when a query is evaluated, as start(), end(), step() and range() see it.
#pragma once

#include <cstdint>

#include "promql/eval/step_series.h"

namespace tidemark::promql {

struct QueryTimes {
  int64_t start = 0;  // milliseconds
  int64_t end = 0;
  int64_t step_ms = 0;  // 0: an instant query

  Steps steps() const { return Steps::Range(start, end, step_ms); }
};

}  // namespace tidemark::promql
