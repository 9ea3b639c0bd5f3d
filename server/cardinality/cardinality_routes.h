// CardinalityRoutes: which labels make the series many.
//
//   /api/v1/cardinality/label_names    labels by their number of values
//   /api/v1/cardinality/label_values   values of some labels by their number of series
//   /api/v1/cardinality/active_series  the series themselves
//
// with the parameters and the JSON of Grafana Mimir's endpoints of these names,
// errors as plain text included.  They speak of the tenant's series in memory:
// those with samples in the last storage.series_idle.  The first two count from the
// index, and read no series.
#pragma once

#include <vector>

#include "server/http/http.h"
#include "server/sources.h"
#include "tsdb/base/clock.h"

namespace tidemark::server {

struct CardinalityOptions {
  TenantSource tenant = DefaultTenant;
  int64_t active_ms = 2 * 3'600'000LL;    // storage.series_idle; 0: always
  size_t max_series = 200'000;            // query.max_series, for active_series
  const Clock* clock = &Clock::System();  // must outlive the routes
};

std::vector<Route> CardinalityRoutes(CardinalityOptions options, StorageSource storage);

}  // namespace tidemark::server
