// GET, POST /federate: the newest sample, within the lookback, of each series that
// a match[] selects, as a page to scrape (prometheus.io/docs/prometheus/latest/
// federation).
//
// All is of the type untyped, but native histograms, which only protobuf can
// carry: in the text formats they are left out.  Custom buckets go as classic
// ones.  Series without an `instance` get an empty one, so that the scraper does
// not put its own there.  Stale series are left out.
//
//   400  a match[] that is no selector, or one that would select everything
//   422  more than query.max_series
//   503  starting, or past query.timeout
#pragma once

#include <cstdint>
#include <vector>

#include "server/http/http.h"
#include "server/sources.h"
#include "tsdb/base/clock.h"

namespace tidemark::server {

struct FederateOptions {
  int64_t lookback_ms = 300'000;
  uint64_t max_series = 200'000;
  int64_t timeout_ms = 120'000;
  TenantSource tenant = DefaultTenant;
  const Clock* clock = &Clock::System();  // must outlive the route
};

// Threads: handlers run in any number.
Route FederateRoute(FederateOptions options, StorageSource storage);

}  // namespace tidemark::server
