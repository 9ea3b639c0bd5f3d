// Snappy's block format with a bound: a size is checked before memory is taken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tidemark::proto {

// Decompresses a whole snappy block into `out`, whose memory is reused.
//   kResourceExhausted  the block declares more than `max_bytes` decoded
//   kInvalidArgument    not a snappy block; `out` is unspecified
absl::Status SnappyDecode(std::string_view block, size_t max_bytes, std::string& out);

}  // namespace tidemark::proto
