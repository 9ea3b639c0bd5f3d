// The same observations in other buckets.
#include <fmt/format.h>

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_side.h"

namespace tidemark::tsdb {

Status FloatHistogram::ReduceResolution(int32_t target_schema) {
  if (UsesCustomBuckets()) {
    return InvalidArgument("cannot reduce resolution when there are custom buckets");
  }
  if (target_schema == kCustomBucketsSchema) {
    return InvalidArgument("cannot reduce resolution to custom buckets schema");
  }
  if (target_schema > schema) {
    return InvalidArgument(
        fmt::format("cannot reduce resolution from schema {} to {}", schema, target_schema));
  }
  if (target_schema == schema) return OkStatus();
  for (SideRef side : {PositiveSide(*this), NegativeSide(*this)}) {
    side.Assign(ReduceSide(side.Read(), side.NewSide(), schema, target_schema));
  }
  schema = target_schema;
  return OkStatus();
}

void FloatHistogram::Compact(int max_empty) {
  CompactSide(PositiveSide(*this), max_empty);
  CompactSide(NegativeSide(*this), max_empty);
}

}  // namespace tidemark::tsdb
