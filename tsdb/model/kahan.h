// Neumaier's variant of Kahan summation: a running sum and, beside it, what the
// sum lost to rounding.  An overflow to infinity forgets the compensation, as
// Prometheus does (util/kahansum).
#pragma once

#include <cmath>

namespace tidemark::tsdb {

// Adds `x` to sum + compensation.
inline void KahanInc(double x, double& sum, double& compensation) {
  const double total = sum + x;
  if (std::isinf(total)) {
    compensation = 0;
  } else if (std::abs(sum) >= std::abs(x)) {
    compensation += (sum - total) + x;
  } else {
    compensation += (x - total) + sum;
  }
  sum = total;
}

}  // namespace tidemark::tsdb
