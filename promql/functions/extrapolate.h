// How rate, increase and delta stretch what was seen between two samples over the
// whole window (Prometheus promql/functions.go, extrapolatedRate).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tidemark::promql {

struct SampledSpan {
  int64_t window_start = 0;  // milliseconds
  int64_t window_end = 0;
  int64_t first_t = 0;
  int64_t last_t = 0;
  size_t samples = 0;  // at least 2, or 1 with a zero_t
  // For counters: the first value as a share of the increase, where both say
  // when the counter was zero; else negative.  No counter was ever below zero,
  // so that the window is not extended past that time.
  double first_share = -1;
  // For counters whose first sample says so: when it was zero, inside the window;
  // before that it is not extended.
  std::optional<int64_t> zero_t = std::nullopt;
};

// What the difference between last and first is to be multiplied by.
double ExtrapolationFactor(const SampledSpan& span);

// Milliseconds as seconds, rounded as Go's Duration.Seconds does it.
double DurationSeconds(int64_t ms);

}  // namespace tidemark::promql
