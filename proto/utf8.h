// Whether bytes are UTF-8, as Prometheus requires of label names and values.
#pragma once

#include <string_view>

namespace tidemark::proto {

// Only bytes below 0x80; for a quick "yes" over many strings at once, their
// length prefixes included.
bool IsAscii(std::string_view bytes);

// By RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
bool IsValidUtf8(std::string_view bytes);

}  // namespace tidemark::proto
