// The quantile of a set of numbers, as quantile() and quantile_over_time() take it.
#pragma once

#include <vector>

namespace tidemark::promql {

// The value below which a share `q` of `values` lies, between two values their
// weighted mean; NaN sorts lowest.  `values` are reordered.
//   -Inf for q < 0, +Inf for q > 1
//   NaN  for q NaN or no values
double Quantile(double q, std::vector<double>& values);

}  // namespace tidemark::promql
