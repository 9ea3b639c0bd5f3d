// The route that backs up: Prometheus' TSDB admin API for snapshots.
#pragma once

#include "server/http/http.h"
#include "server/sources.h"

namespace tidemark::server {

// POST or PUT /api/v1/admin/tsdb/snapshot: Storage::Snapshot, answered with its
// name when it is finished.  skip_head is read and changes nothing: what is not
// sealed is in the journal, which costs little to copy.
// Not `enabled` (server.admin_api): 503, as Prometheus' admin API.
Route SnapshotRoute(bool enabled, StorageSource storage);

}  // namespace tidemark::server
