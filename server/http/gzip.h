// gzip for responses.  cpp-httplib could do it, but with brotli at its slowest
// where the client takes it, and with no regard to how small the body is.
#pragma once

#include <string>
#include <string_view>

namespace tidemark::server {

// Whether a response is worth compressing: of some size, of a type that
// shrinks, for a client whose Accept-Encoding takes gzip.
bool WorthGzip(std::string_view accept_encoding, std::string_view content_type, size_t size);

// Level 1: JSON shrinks to within some 15% of level 6, in a third of the time.
std::string Gzip(std::string_view data);

}  // namespace tidemark::server
