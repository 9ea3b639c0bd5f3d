// Where a handler gets what it works on: the storage, which may still be
// starting, and the tenant a request speaks for.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/http/http.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Null while the journal is replayed; once it returns a Storage, that one
// outlives every request.  Threads: any.
using StorageSource = std::function<tsdb::Storage*()>;

// What handlers answer with, as 503, while there is no storage yet.
inline constexpr std::string_view kStarting = "starting: replaying the journal";

// The tenant, or why the request may not speak for one; Threads: any.
//   kInvalidArgument  the header is missing or malformed
using TenantSource = std::function<StatusOr<std::string>(const HttpRequest&)>;

// With multi-tenancy off: everything belongs to "default".  (On: TenantOf of
// server/tenancy.h.)
inline StatusOr<std::string> DefaultTenant(const HttpRequest&) { return "default"; }

}  // namespace tidemark::server
