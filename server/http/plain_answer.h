// Answers that are known without a handler: refusals, 404 and the like.
#pragma once

#include <string>
#include <string_view>

#include "server/http/cors.h"

namespace tidemark::server {

// The whole response as bytes, text/plain.  `body_too`: false for HEAD, which
// gets the same header fields and no text.
std::string FormatPlainAnswer(int status, std::string_view text, const HeaderList& headers,
                              bool keep_alive, bool body_too);

// "Mon, 02 Jan 2006 15:04:05 GMT", for the Date header field.
std::string HttpDate(int64_t unix_ms);

}  // namespace tidemark::server
