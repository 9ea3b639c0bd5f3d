// Nearest: what somebody who mistyped a name probably meant.
#pragma once

#include <string_view>
#include <vector>

namespace tidemark::server {

// The name of `known`, not empty, that takes the fewest insertions, deletions
// and replacements of characters to get to; the first of equals.
std::string_view Nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace tidemark::server
