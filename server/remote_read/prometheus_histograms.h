// Chunks of native histograms as Prometheus keeps them (upstream:
// tsdb/chunkenc/histogram.go, float_histogram.go, histogram_meta.go).
//
//   u16 be   samples
//   u8       what the first sample is: 0x00 not known, 0xc0 all are gauges
//   bits     layout: zero threshold, schema, spans, custom bounds; then a row a
//            sample: time, count, zero count, sum, buckets.  Times and whole
//            counts are differences of differences, all else XOR columns.
//
// A stale sample has no buckets, and as the first one an empty layout.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tsdb/model/histogram.h"

namespace tidemark::server {

// Whether an integer histogram can hold it: whole counts below 2^53 that add up
// to the count (where the sum is NaN, to no more).
bool HasWholeCounts(const tsdb::FloatHistogram& h);

// `histograms`, not empty, as many as `times`, have the same schema, zero
// threshold, custom bounds and kind (gauge or not), stale ones aside, of which
// only the last may be one.  `whole`: as integer histograms; all have whole counts.
std::string EncodeHistograms(std::span<const int64_t> times,
                             std::span<const tsdb::FloatHistogram> histograms, bool whole);

}  // namespace tidemark::server
