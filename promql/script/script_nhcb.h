// Classic histograms as native ones with custom buckets, for load_with_nhcb.
#pragma once

#include <vector>

#include "promql/script/series_description.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// Of series name_bucket, name_count and name_sum that differ in `le` only, one
// series `name` with a histogram at every step where one of them has a float.
//   kInvalidArgument  counts that fall from bucket to bucket, or a count that is
//                     not that of the +Inf bucket
StatusOr<std::vector<SeriesDescription>> ToCustomBuckets(
    const std::vector<SeriesDescription>& classic);

}  // namespace tidemark::promql
