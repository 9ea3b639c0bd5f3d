// The order of sort_by_label: digits compare as the numbers they are.
#pragma once

#include <string_view>

namespace tidemark::promql {

// Whether `a`, which is not equal to `b`, comes first: "item9" before "item10".
bool NaturalLess(std::string_view a, std::string_view b);

}  // namespace tidemark::promql
