// Which series limit_ratio takes.
#pragma once

#include "tsdb/model/labels.h"

namespace tidemark::promql {

// Where a series lies in [0, 1]: XXH64 of its labels, as Prometheus packs them,
// over 2^64 - 1.
double RatioOffset(const tsdb::Labels& labels);

// Whether limit_ratio(ratio, …), -1 <= ratio <= 1, takes a series at `offset`:
// below the ratio, or for a negative one the rest, at 1 + ratio and above.
bool InRatio(double ratio, double offset);

}  // namespace tidemark::promql
