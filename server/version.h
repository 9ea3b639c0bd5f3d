// The version of this build.
#pragma once

#include <string_view>

namespace tidemark::server {

std::string_view Version();   // "0.1.0"
std::string_view Revision();  // of the source, or "unknown"

}  // namespace tidemark::server
