// The same observations in other buckets.
#include <fmt/format.h>

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_side.h"

namespace tidemark::tsdb {
namespace {

// Whether the spans say where each of the counts belongs.  What was never
// validated must not come out of here looking as if it had been.
bool Agree(const std::vector<BucketSpan>& spans, const std::vector<double>& counts) {
  uint64_t needed = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    if (i > 0 && spans[i].offset < 0) return false;
    needed += spans[i].length;
  }
  return needed == counts.size();
}

}  // namespace

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
  if (!Agree(positive_spans, positive_buckets) || !Agree(negative_spans, negative_buckets)) {
    return InvalidArgument("histogram spans and buckets disagree");
  }
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
