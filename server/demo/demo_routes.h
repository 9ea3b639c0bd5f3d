// The demo's pages: / says what it is, /metrics is what Prometheus scrapes,
// /-/healthy answers 200.
#pragma once

#include <vector>

#include "server/demo/gateway.h"
#include "server/http/http.h"

namespace tidemark::server {

// The gateway must outlive the routes.
std::vector<Route> DemoRoutes(Gateway& gateway);

}  // namespace tidemark::server
