#include "promql/functions/trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "promql/functions/kahan_sum.h"

namespace tidemark::promql {
namespace {

struct Line {
  double slope = 0;      // per second
  double intercept = 0;  // at the time that was asked for
};

// The least-squares line through the floats, x being seconds since `origin`.
Line FitLine(const Window& w, int64_t origin) {
  const double first = w.floats.front();
  if (std::all_of(w.floats.begin() + 1, w.floats.end(), [&](double v) { return v == first; })) {
    if (!std::isinf(first)) return {0, first};
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    return {kNaN, kNaN};
  }
  KahanSum x_sum;
  KahanSum y_sum;
  KahanSum xy_sum;
  KahanSum x2_sum;
  for (size_t i = 0; i < w.floats.size(); ++i) {
    const double x = static_cast<double>(w.float_t[i] - origin) / 1e3;
    x_sum.Add(x);
    y_sum.Add(w.floats[i]);
    xy_sum.Add(x * w.floats[i]);
    x2_sum.Add(x * x);
  }
  const auto n = static_cast<double>(w.floats.size());
  const double covariance = xy_sum.Value() - x_sum.Value() * y_sum.Value() / n;
  const double variance = x2_sum.Value() - x_sum.Value() * x_sum.Value() / n;
  const double slope = covariance / variance;
  return {slope, y_sum.Value() / n - slope * x_sum.Value() / n};
}

// Two floats are needed; says so when histograms were passed over meanwhile.
bool HasTwoFloats(const Window& w, RangeCall& call) {
  if (w.mixed()) call.Annotate(HistogramIgnoredInMixedRange(call.metric));
  return w.floats.size() >= 2;
}

// Both factors lie between 0 and 1.
double Smoothed(std::span<const double> values, double smoothing, double trend_factor) {
  double before = 0;
  double now = values[0];
  double trend = values[1] - values[0];
  for (size_t i = 1; i < values.size(); ++i) {
    if (i > 1) trend = trend_factor * (now - before) + (1 - trend_factor) * trend;
    const double next = smoothing * values[i] + (1 - smoothing) * (now + trend);
    before = now;
    now = next;
  }
  return now;
}

// As Go's %f.
std::string FixedText(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "+Inf" : "-Inf";
  return fmt::format("{:f}", v);
}

Status CheckFactor(std::string_view what, std::string_view symbol, double factor) {
  if (!(factor <= 0 || factor >= 1)) return OkStatus();
  return FailedPrecondition(fmt::format("invalid {} factor. Expected: 0 < {} < 1, got: {}", what,
                                        symbol, FixedText(factor)));
}

}  // namespace

Status Deriv(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  // An origin near the samples keeps the sums small.
  if (HasTwoFloats(w, call)) out.SetFloat(step, FitLine(w, w.float_t.front()).slope);
  return OkStatus();
}

Status PredictLinear(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  if (!HasTwoFloats(w, call)) return OkStatus();
  const Line line = FitLine(w, call.steps.At(step));
  out.SetFloat(step, line.slope * call.scalars[0][step] + line.intercept);
  return OkStatus();
}

Status DoubleExponentialSmoothing(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  const double smoothing = call.scalars[0][step];
  const double trend = call.scalars[1][step];
  RETURN_IF_ERROR(CheckFactor("smoothing", "sf", smoothing));
  RETURN_IF_ERROR(CheckFactor("trend", "tf", trend));
  if (HasTwoFloats(w, call)) out.SetFloat(step, Smoothed(w.floats, smoothing, trend));
  return OkStatus();
}

}  // namespace tidemark::promql
