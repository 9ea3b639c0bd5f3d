// A native histogram as sent → FloatHistogram.
#pragma once

#include "proto/remote_write.h"
#include "tsdb/base/status.h"
#include "tsdb/model/histogram.h"

namespace tidemark::server {

// Deltas of whole numbers become absolute counts.  Of counter-reset hints only
// gauge is kept: the others speak of a previous sample that may have been
// refused, or may arrive later.
// Schemas 9 to 52, which readers may not know, are reduced to 8.
//   kInvalidArgument  what FloatHistogram::Validate says, and ValidateIntegerCount
//                     of integer counts, or a bucket count past 64 bits
// `h` may hold anything before; its memory is used again.
Status ReadHistogram(const proto::HistogramView& view, tsdb::FloatHistogram& h);

}  // namespace tidemark::server
