// Functions of `anchored` and `smoothed` range selectors: no extrapolation, but
// the value of the series at both ends of the window.
//
//   anchored  at the start the sample that held there, at the end the last one
//   smoothed  at both ends the value between the samples before and after
#pragma once

#include <memory>
#include <string_view>

#include "promql/functions/range_function.h"

namespace tidemark::promql {

// The function called `name`, which CheckReach let pass, of windows with a reach.
// Borrows `call`.
std::unique_ptr<RangeFunction> MakeExtendedFunction(std::string_view name, RangeCall& call);

}  // namespace tidemark::promql
