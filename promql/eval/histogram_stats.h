// Histograms without their buckets, for expressions that ask for nothing but
// counts and sums, as histogram_count(rate(x[5m])) does.
#pragma once

#include <cstdint>
#include <memory>

#include "tsdb/storage.h"

namespace tidemark::promql {

// The series of `set` from `start` on, with histograms that have schema, count,
// sum and a counter reset hint only.  The hint is the stored one, or else found by
// comparing with the sample before, buckets included.  Floats and stale markers
// are as they were.
//
// For the first sample, and the first after a Seek, the sample before is looked for
// up to `lead_ms` earlier, where `set` should begin; there was no reset, or the hint
// is unknown: that is what upstream's storage, where chunks end at resets, says.
//
// That hints are found here and nowhere else can be seen: of histograms with
// buckets, sums cannot say that their resets collide.
std::unique_ptr<tsdb::SeriesSet> WithoutBuckets(std::unique_ptr<tsdb::SeriesSet> set, int64_t start,
                                                int64_t lead_ms);

}  // namespace tidemark::promql
