#include "server/aggregate/gauges.h"

#include <algorithm>
#include <cmath>

#include "tsdb/base/check.h"
#include "tsdb/model/kahan.h"

namespace tidemark::server {
namespace {

double Sum(std::span<const FoldGauge> values) {
  double sum = 0;
  double compensation = 0;
  for (const FoldGauge& value : values) tsdb::KahanInc(value.v, sum, compensation);
  return sum + compensation;
}

// NaN is below everything for max, above everything for min.
template <typename Better>
double Best(std::span<const FoldGauge> values, Better better) {
  double best = values[0].v;
  for (const FoldGauge& value : values) {
    if (std::isnan(best) || better(value.v, best)) best = value.v;
  }
  return best;
}

double Last(std::span<const FoldGauge> values) {
  const auto later = [](const FoldGauge& a, const FoldGauge& b) {
    return a.t != b.t ? a.t < b.t : a.v < b.v;
  };
  return std::max_element(values.begin(), values.end(), later)->v;
}

}  // namespace

std::optional<double> CombineGauges(FoldFunction function, std::span<const FoldGauge> values) {
  if (values.empty()) return std::nullopt;
  switch (function) {
    case FoldFunction::kSum:
      return Sum(values);
    case FoldFunction::kAvg:
      return Sum(values) / static_cast<double>(values.size());
    case FoldFunction::kMin:
      return Best(values, [](double a, double b) { return a < b; });
    case FoldFunction::kMax:
      return Best(values, [](double a, double b) { return a > b; });
    case FoldFunction::kLast:
      return Last(values);
    case FoldFunction::kIncrease:
      break;
  }
  CHECK(false, "a counter among gauges");
  return std::nullopt;
}

}  // namespace tidemark::server
