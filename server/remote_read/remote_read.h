// POST /api/v1/read: remote read, for a Prometheus that queries Tidemark as if it
// were its own storage, and for all else that speaks it (Thanos' sidecar,
// promtool, data pipelines).
//
// The body is a prometheus.ReadRequest in snappy.  Answers:
//
//   200  SAMPLES: one message, in snappy.  Or STREAMED_XOR_CHUNKS: frames of
//        chunks as Prometheus has them, sent as they are read, so that an answer
//        of any size takes little memory on either side; it is cut, visibly for
//        the client, when an error comes up on the way
//   400  broken, without a matcher that excludes the empty value, or past
//        query.max_samples (SAMPLES only) or query.max_series
//   503  starting, or past query.timeout
//
// Samples outside a query's range are left out; series are in label order.
#pragma once

#include <cstdint>
#include <vector>

#include "server/http/http.h"
#include "server/sources.h"
#include "tsdb/base/clock.h"

namespace tidemark::server {

struct RemoteReadOptions {
  uint64_t max_samples = 50'000'000;
  uint64_t max_series = 200'000;  // of one query
  int64_t timeout_ms = 120'000;   // from the request to the last byte
  TenantSource tenant = DefaultTenant;
  const Clock* clock = &Clock::System();  // must outlive the routes
};

// Threads: handlers run in any number.
std::vector<Route> RemoteReadRoutes(RemoteReadOptions options, StorageSource storage);

}  // namespace tidemark::server
