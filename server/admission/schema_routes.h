// POST or PUT /api/v1/admin/schema?dry_run=1: what a label schema would do.
#pragma once

#include <vector>

#include "server/http/http.h"
#include "server/sources.h"
#include "tsdb/base/clock.h"

namespace tidemark::server {

// The body is the YAML of a LabelSchema.  It is checked, and asked of every series
// that the tenant has in the last `window` (a duration, default 1h):
//
//   {"status":"success","data":{"version":7,"rules":3,"series":1200,"rejected":2,
//    "observed":0,"projected":1198,"findings":[{"reason":"label_not_allowed",
//    "mode":"reject","metric":"http_requests_total","label":"user_id","series":2,
//    "example":"{…}"}]}}
//
// `projected`: what is left of the series that go on being sent.  Findings are by
// reason, mode, metric and label, the most series first, at most `limit` (default
// 1000).  Nothing is changed.
//
//   400  the schema is no valid one: the message has the line
//   422  without dry_run=1: a schema is applied by its file, at the next start
//   503  not `enabled` (server.admin_api)
//
// `clock` must outlive the route.
Route SchemaRoute(bool enabled, TenantSource tenant, StorageSource storage,
                  const Clock& clock = Clock::System());

}  // namespace tidemark::server
