#include "promql/functions/quantile_over_time.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "promql/functions/quantile.h"

namespace tidemark::promql {

Status QuantileOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  if (w.floats.empty()) return OkStatus();
  const double q = call.scalars[0][step];
  if (!(q >= 0 && q <= 1)) call.Annotate(InvalidQuantile(q));
  if (w.mixed()) call.Annotate(HistogramIgnoredInMixedRange(call.metric));
  std::vector<double> values(w.floats.begin(), w.floats.end());
  out.SetFloat(step, Quantile(q, values));
  return OkStatus();
}

Status MadOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  if (w.floats.empty()) return OkStatus();
  if (w.mixed()) call.Annotate(HistogramIgnoredInMixedRange(call.metric));
  std::vector<double> values(w.floats.begin(), w.floats.end());
  if (std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); })) {
    out.SetFloat(step, std::numeric_limits<double>::quiet_NaN());
    return OkStatus();
  }
  const double median = Quantile(0.5, values);
  for (double& v : values) v = std::abs(v - median);
  out.SetFloat(step, Quantile(0.5, values));
  return OkStatus();
}

}  // namespace tidemark::promql
