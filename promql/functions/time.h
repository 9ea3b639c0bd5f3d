// Functions that read floats as times in seconds since the Unix epoch, in UTC:
// hour, day_of_month, year …; without an argument they say it of the evaluation time.
#pragma once

#include <span>

#include "promql/functions/vector_function.h"

namespace tidemark::promql {

std::span<const VectorFunction> TimeFunctions();

}  // namespace tidemark::promql
