// Query strings, form bodies and percent escapes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/status.h"

namespace tidemark::server {

using HttpParams = std::vector<std::pair<std::string, std::string>>;

// "%41" is "A"; with `plus_is_space`, "+" is " ".
//   kInvalidArgument  a '%' without two hexadecimal digits
StatusOr<std::string> Unescape(std::string_view text, bool plus_is_space);

// Appends the pairs of "a=1&b=x%20y&c" to `params`, in order.  Only the first
// '=' of a pair divides it: PromQL is full of them.
//   kInvalidArgument  as Unescape
Status ParseParams(std::string_view text, HttpParams& params);

}  // namespace tidemark::server
