// Tidemark's own metrics at /metrics, for a Prometheus to scrape.
#pragma once

#include "server/http/http.h"
#include "tsdb/base/metrics.h"

namespace tidemark::server {

// GET /metrics: all of `metrics`, in the format that the scraper asks for; in
// the control lane, so that it answers while queries are stuck.  `metrics` must
// outlive the route.
Route OwnMetricsRoute(const Metrics& metrics);

// Registers tidemark_build_info and what every Prometheus client has about its
// process: process_cpu_seconds_total, process_resident_memory_bytes and others,
// read from /proc at each scrape.
void AddProcessMetrics(Metrics& metrics);

}  // namespace tidemark::server
