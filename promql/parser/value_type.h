// ValueType: what a PromQL expression evaluates to.
#pragma once

#include <string_view>

namespace tidemark::promql {

enum class ValueType { kNone, kScalar, kVector, kMatrix, kString };

// "none", "scalar", "vector", "matrix", "string": as the HTTP API says it.
std::string_view ValueTypeName(ValueType type);
// "instant vector", "range vector" …: as error messages say it.
std::string_view DocumentedType(ValueType type);

}  // namespace tidemark::promql
