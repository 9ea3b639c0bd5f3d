// Any bytes as the body of a remote-read request: matchers that come out work.
#include <cstdlib>
#include <string>

#include "server/remote_read/read_request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto request = tidemark::server::ParseReadRequest(bytes);
  if (!request.ok()) return 0;
  for (const auto& query : request->queries) {
    for (const auto& matcher : query.matchers) {
      if (matcher.Matches("") != matcher.MatchesEmpty()) std::abort();
      if (matcher.ToString().empty()) std::abort();
    }
  }
  return 0;
}
