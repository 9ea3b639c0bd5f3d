#include "server/http/cors.h"

#include <fmt/format.h>

namespace tidemark::server {

Cors::Cors(const std::string& pattern) : pattern_(pattern, RE2::Quiet), any_(pattern == ".*") {}

Status Cors::Validate() const {
  if (pattern_.ok()) return OkStatus();
  return InvalidArgument(
      fmt::format("cors_origin \"{}\": {}", pattern_.pattern(), pattern_.error()));
}

void Cors::AddHeaders(std::string_view origin, HeaderList& headers) const {
  headers.emplace_back("Vary", "Origin");
  if (origin.empty()) return;
  headers.emplace_back("Access-Control-Allow-Headers",
                       "Accept, Authorization, Content-Type, Origin");
  headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  headers.emplace_back("Access-Control-Expose-Headers", "Date");
  if (any_) {
    headers.emplace_back("Access-Control-Allow-Origin", "*");
  } else if (RE2::FullMatch(re2::StringPiece(origin.data(), origin.size()), pattern_)) {
    headers.emplace_back("Access-Control-Allow-Origin", origin);
  }
}

}  // namespace tidemark::server
