// Native histograms as test scripts write them:
//
//   {{schema:1 sum:-0.3 count:3.1 z_bucket:7 z_bucket_w:0.05 buckets:[5 10 7]
//     offset:-3 n_buckets:[4 5] n_offset:5 counter_reset_hint:gauge}}
//   {{schema:-53 custom_values:[5 10] buckets:[1 4 2]}}
//
// `buckets` are the counts of consecutive buckets, `offset` is the index of the
// first; those with n_ are on the negative side.  z_bucket is the count of the zero
// bucket, z_bucket_w its width.  A key that is left out is 0 or empty.  Nothing is
// checked against each other: a test may want what FloatHistogram::Validate refuses.
#pragma once

#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/model/histogram.h"

namespace tidemark::promql {

struct HistogramLiteral {
  tsdb::FloatHistogram histogram;
  bool has_reset_hint = false;  // it says one, if only counter_reset_hint:unknown
};

// Takes a literal from the front of `text`, which begins with {{.  Afterwards, or
// on failure, `text` begins with what was not understood.
//   kInvalidArgument  an unknown key, a key twice, no number where one belongs
StatusOr<HistogramLiteral> TakeHistogramLiteral(std::string_view& text);

}  // namespace tidemark::promql
