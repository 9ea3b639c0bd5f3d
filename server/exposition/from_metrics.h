// FromMetrics: Tidemark's own metrics as families to expose.
#pragma once

#include <vector>

#include "proto/metrics.pb.h"
#include "tsdb/base/metrics.h"

namespace tidemark::server {

// A snapshot: families by name, their metrics by labels, labels by name.  Calls
// the gauges' functions, on this thread.
//
// Threads: any.
std::vector<io::prometheus::client::MetricFamily> FromMetrics(const Metrics& metrics);

}  // namespace tidemark::server
