// Functions that change each float by itself: abs, round, clamp, sin …
#pragma once

#include <span>

#include "promql/functions/vector_function.h"

namespace tidemark::promql {

std::span<const VectorFunction> MathFunctions();

}  // namespace tidemark::promql
