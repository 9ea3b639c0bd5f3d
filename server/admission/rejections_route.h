// GET /api/v1/admin/rejections: what the Ledger has of a tenant.
#pragma once

#include <memory>

#include "server/admission/ledger.h"
#include "server/http/http.h"
#include "server/sources.h"

namespace tidemark::server {

// {"status":"success","data":{"rejections":[{"sender":"10.0.0.7",
// "reason":"label_not_allowed","mode":"reject","metric":"http_requests_total",
// "label":"user_id","count":12,"first":1700000000,"last":1700000060,
// "example":"{…}"}]}}, the largest count first; times in seconds, counts since the
// start of the process.  `limit` (default 1000) bounds them, `reason` filters.
//
// Not `enabled` (server.admin_api): 503.
Route RejectionsRoute(bool enabled, TenantSource tenant, std::shared_ptr<const Ledger> ledger);

}  // namespace tidemark::server
