// Zstandard frames with a bound: memory is taken as the frame fills it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tidemark::proto {

// Decompresses all frames of `body` into `out`, whose memory is reused.
//   kResourceExhausted  more than `max_bytes` decoded, or a window larger than that
//   kInvalidArgument    not zstd, or cut short; `out` is unspecified
absl::Status ZstdDecode(std::string_view body, size_t max_bytes, std::string& out);

}  // namespace tidemark::proto
