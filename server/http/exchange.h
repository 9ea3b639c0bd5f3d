// Exchange: one request, complete, on its way through a lane.
#pragma once

#include <cstdint>
#include <string>

#include "server/http/request_head.h"
#include "server/http/router.h"
#include "tsdb/base/cancellation.h"

namespace tidemark::server {

// Threads: the front fills it, hands it to a lane, and takes it back; in
// between it belongs to the worker, and the front touches only `hung_up`.
struct Exchange {
  RequestHead head;
  RouteMatch match;
  std::string body;
  std::string remote_addr;
  int64_t received_ns = 0;  // monotonic, when it was complete
  bool keep_alive = true;   // in: may be kept; out: is kept
  Cancellation hung_up;
};

}  // namespace tidemark::server
