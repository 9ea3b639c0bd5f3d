// Routes about the process itself: is it alive, is it ready, what does it serve.
#pragma once

#include <functional>
#include <vector>

#include "server/http/http.h"
#include "server/sources.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

// GET /-/healthy  200 as long as the process answers at all
// GET /-/ready    200 when it takes reads and writes; 503 with the reason before
// Both in the control lane.  `ready` may be called from any thread.
std::vector<Route> HealthRoutes(std::function<Status()> ready);

// POST or PUT /api/v1/admin/tsdb/flush: Storage::Flush, answered when it is done.
// Not `enabled` (server.admin_api): 503, as Prometheus' admin API.
Route FlushRoute(bool enabled, StorageSource storage);

// GET /: a plain page that lists `routes`.
Route IndexRoute(const std::vector<Route>& routes);

}  // namespace tidemark::server
