// The routes that delete: Prometheus' TSDB admin API for series.
#pragma once

#include <vector>

#include "server/http/http.h"
#include "server/sources.h"

namespace tidemark::server {

// POST or PUT, answered with 204:
//
//   /api/v1/admin/tsdb/delete_series     match[] any number of times, start, end
//       Storage::Delete, for each match[]: one after the other, so that after an
//       error some are done.  Each leaves a line in the log: who, of which tenant,
//       what, how many series.
//   /api/v1/admin/tsdb/clean_tombstones  Storage::CleanTombstones
//
// Not `enabled` (server.admin_api): 503.  A match[] that would select every
// series is a 400, which Prometheus would take.
std::vector<Route> DeleteRoutes(bool enabled, TenantSource tenant, StorageSource storage);

}  // namespace tidemark::server
