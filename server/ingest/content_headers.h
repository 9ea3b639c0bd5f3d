// What a remote-write request says its body is.
#pragma once

#include "server/http/http.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

// OK for application/x-protobuf, alone or with proto=prometheus.WriteRequest,
// compressed with snappy; both headers may be missing.
//   kUnimplemented  anything else; the message names what is supported (415)
Status CheckContentHeaders(const HttpRequest& request);

}  // namespace tidemark::server
