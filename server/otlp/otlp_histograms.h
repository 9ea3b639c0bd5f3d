// Histograms of OpenTelemetry → native histograms, as a remote-write sender would
// send them.
//
// Buckets of explicit bounds become custom buckets; exponential ones the same
// buckets of Prometheus' schema, one index further on, and at most at schema 8.
#pragma once

#include "proto/otlp.pb.h"
#include "proto/views.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

// Of a delta nothing is to be inferred by comparing it to the one before: it
// counts as a gauge.
//   kInvalidArgument  a scale below -4, or bucket indices past 31 bits
Status ReadExponential(const proto::otlp::ExponentialPoint& point, bool delta,
                       proto::HistogramView& out);
//   kInvalidArgument  more, or fewer, buckets than bounds and one
Status ReadExplicit(const proto::otlp::HistogramPoint& point, bool delta,
                    proto::HistogramView& out);

}  // namespace tidemark::server
