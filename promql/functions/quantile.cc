#include "promql/functions/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace tidemark::promql {
namespace {

bool LowerNaNFirst(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && !std::isnan(b);
  return a < b;
}

}  // namespace

double Quantile(double q, std::vector<double>& values) {
  if (values.empty() || std::isnan(q)) return std::numeric_limits<double>::quiet_NaN();
  if (q < 0) return -std::numeric_limits<double>::infinity();
  if (q > 1) return std::numeric_limits<double>::infinity();

  const double rank = q * static_cast<double>(values.size() - 1);
  const size_t lower = static_cast<size_t>(std::floor(rank));
  const size_t upper = std::min(values.size() - 1, lower + 1);
  const double weight = rank - std::floor(rank);

  const auto at = values.begin() + static_cast<std::ptrdiff_t>(lower);
  std::nth_element(values.begin(), at, values.end(), LowerNaNFirst);
  const double above =
      upper == lower ? *at : *std::min_element(at + 1, values.end(), LowerNaNFirst);
  return *at * (1 - weight) + above * weight;
}

}  // namespace tidemark::promql
