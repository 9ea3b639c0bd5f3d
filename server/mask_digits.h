// MaskDigits: card and account numbers do not go into messages and logs.
#pragma once

#include <string>
#include <string_view>

namespace tidemark::server {

// The text with runs of 12 and more digits, single spaces and dashes between them
// included, replaced by "***".
std::string MaskDigits(std::string_view text);

}  // namespace tidemark::server
