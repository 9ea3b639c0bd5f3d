// The tokens that series descriptions and histogram literals share.
#pragma once

#include <cstdint>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::promql {

// Each takes from the front of `text`, or leaves it as it is and fails:
//   kInvalidArgument  what stands there is something else

// Spaces and tabs, any number of them; how many there were.
size_t TakeSpaces(std::string_view& text);
// `prefix`; whether it was there.
bool TakePrefix(std::string_view& text, std::string_view prefix);
// Letters, digits and underscores; "" when there are none.
std::string_view TakeWord(std::string_view& text);
// A decimal number, Inf or NaN, with a sign or without.
StatusOr<double> TakeNumber(std::string_view& text);
// An integer with a minus or without.
StatusOr<int32_t> TakeInteger(std::string_view& text);
// Decimal digits.
StatusOr<uint64_t> TakeCount(std::string_view& text);

}  // namespace tidemark::promql
