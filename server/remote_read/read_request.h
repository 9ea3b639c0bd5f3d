// The body of a remote-read request → what it asks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/model/matcher.h"

namespace tidemark::server {

struct ReadQuery {
  int64_t start = 0;  // milliseconds, both inclusive
  int64_t end = 0;
  std::vector<tsdb::Matcher> matchers;
  bool labels_only = false;  // the sender looks for series, not for samples
};

struct ReadRequest {
  std::vector<ReadQuery> queries;
  bool streamed = false;  // STREAMED_XOR_CHUNKS; otherwise SAMPLES
};

// `body` is protobuf (proto/remote_read.proto), not compressed any more.  The
// first of the accepted types that is known is taken; where there is no list,
// SAMPLES, as the oldest senders expect.
//   kInvalidArgument  no protobuf, no known type, or a matcher that is none
StatusOr<ReadRequest> ParseReadRequest(std::string_view body);

}  // namespace tidemark::server
