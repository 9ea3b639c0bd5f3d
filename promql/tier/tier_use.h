// TierUse: which window aggregates a query may be answered from, as
// max_source_resolution says.
#pragma once

#include <cstdint>

namespace tidemark::promql {

enum class TierUse : uint8_t {
  kRaw,   // samples only
  kHour,  // those of hours, too
  kDay,   // and of days
};

}  // namespace tidemark::promql
