// gzip with a bound: memory is taken as the body fills it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::server {

// Decompresses all members of `body` into `out`, whose memory is reused.
//   kResourceExhausted  more than `max_bytes` decoded
//   kInvalidArgument    not gzip, or cut short; `out` is unspecified
Status Gunzip(std::string_view body, size_t max_bytes, std::string& out);

}  // namespace tidemark::server
