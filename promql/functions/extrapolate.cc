#include "promql/functions/extrapolate.h"

#include <algorithm>

namespace tidemark::promql {
namespace {

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

}  // namespace

double ExtrapolationFactor(const SampledSpan& span) {
  double sampled = Seconds(span.last_t - span.first_t);
  const double average_gap = span.samples > 1 ? sampled / static_cast<double>(span.samples - 1) : 0;
  // Where the next sample would have been due inside the window, the series is
  // taken to start, or end, half a gap away from the sample.
  const double threshold = average_gap * 1.1;
  double to_start = Seconds(span.first_t - span.window_start);
  double to_end = Seconds(span.window_end - span.last_t);
  if (to_start >= threshold) to_start = average_gap / 2;
  if (to_end >= threshold) to_end = average_gap / 2;
  if (span.zero_t.has_value()) {
    sampled = Seconds(span.last_t - *span.zero_t);
    to_start = 0;
  } else if (span.first_share >= 0) {
    to_start = std::min(to_start, sampled * span.first_share);
  }
  return sampled == 0 ? 1 : (sampled + to_start + to_end) / sampled;
}

double DurationSeconds(int64_t ms) {
  return static_cast<double>(ms / 1000) + static_cast<double>(ms % 1000 * 1'000'000) / 1e9;
}

}  // namespace tidemark::promql
