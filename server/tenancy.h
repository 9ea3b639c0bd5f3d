// Whose data a request speaks of: the X-Scope-OrgID header, as Mimir, Loki and
// Grafana Agent send it.
#pragma once

#include <string>
#include <string_view>

#include "server/http/http.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

inline constexpr std::string_view kTenantHeader = "x-scope-orgid";

// Whether `name` can name a tenant, by Mimir's rules: 1 to 150 bytes of letters,
// digits and !-_.*'(), but not "." or "..".
//   kInvalidArgument  it cannot; the message says why
Status ValidateTenant(std::string_view name);

// The tenant that the header names; for servers with tenancy.enabled.
//   kInvalidArgument  the header is missing, or ValidateTenant says so
StatusOr<std::string> TenantOf(const HttpRequest& request);

}  // namespace tidemark::server
