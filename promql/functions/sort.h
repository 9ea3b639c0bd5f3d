// sort, sort_desc, sort_by_label, sort_by_label_desc: the order of an instant
// query's answer.
#pragma once

#include <span>
#include <string_view>

#include "promql/functions/vector_function.h"

namespace tidemark::promql {

std::span<const VectorFunction> SortFunctions();

// Whether the order of the series that `function` returns is part of its result.
bool DefinesOrder(std::string_view function);

}  // namespace tidemark::promql
