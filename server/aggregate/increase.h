// Increase: by how much a counter grew from one sample to the next.
#pragma once

#include "tsdb/base/status.h"
#include "tsdb/model/histogram.h"

namespace tidemark::server {

// After a reset, all of what the counter shows now; as PromQL's increase().
inline double Increase(double before, double now) { return now < before ? now : now - before; }

// The same of native histograms, at the lower resolution of the two; a reset is
// what FloatHistogram::DetectReset says.  Hints of both must be kUnknown.
tsdb::FloatHistogram Increase(const tsdb::FloatHistogram& before, const tsdb::FloatHistogram& now);

// `total` grown by `increase`, at the lower resolution of the two.
//   kInvalidArgument  exponential and custom buckets together; `total` is as it was
Status Grow(tsdb::FloatHistogram& total, const tsdb::FloatHistogram& increase);

// Of the layout of `h`, without observations.
tsdb::FloatHistogram EmptyLike(const tsdb::FloatHistogram& h);

}  // namespace tidemark::server
