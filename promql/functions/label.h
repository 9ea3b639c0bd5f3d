// label_replace and label_join.
#pragma once

#include <span>

#include "promql/functions/vector_function.h"

namespace tidemark::promql {

std::span<const VectorFunction> LabelFunctions();

}  // namespace tidemark::promql
