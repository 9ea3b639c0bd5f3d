#include "promql/functions/extended_samples.h"

#include <algorithm>

namespace tidemark::promql {

WindowEnds FindWindowEnds(std::span<const int64_t> t, int64_t start, int64_t end,
                          WindowReach reach) {
  const auto before_last = t.end() - 1;
  const bool smoothed = reach == WindowReach::kSmoothed;
  WindowEnds ends;
  const auto after_start = std::upper_bound(t.begin(), before_last, start);
  if (after_start != t.begin()) ends.first = static_cast<size_t>(after_start - t.begin()) - 1;
  const auto at_end = smoothed ? std::lower_bound(t.begin(), before_last, end) : before_last;
  ends.last = static_cast<size_t>(at_end - t.begin());
  ends.any = t[ends.last] > start && !(smoothed && t[ends.first] > end);
  return ends;
}

double Interpolate(int64_t t1, double v1, int64_t t2, double v2, int64_t t, bool is_counter) {
  const double from = is_counter && v2 < v1 ? 0 : v1;
  return from + (v2 - from) * static_cast<double>(t - t1) / static_cast<double>(t2 - t1);
}

double ValueAtStart(std::span<const int64_t> t, std::span<const double> v, const WindowEnds& ends,
                    int64_t start, WindowReach reach, bool is_counter) {
  const size_t i = ends.first;
  if (reach != WindowReach::kSmoothed || t[i] >= start) return v[i];
  return Interpolate(t[i], v[i], t[i + 1], v[i + 1], start, is_counter);
}

double ValueAtEnd(std::span<const int64_t> t, std::span<const double> v, const WindowEnds& ends,
                  int64_t end, WindowReach reach, bool is_counter) {
  const size_t i = ends.last;
  if (reach != WindowReach::kSmoothed || i == 0 || t[i] <= end) return v[i];
  return Interpolate(t[i - 1], v[i - 1], t[i], v[i], end, is_counter);
}

Inside SamplesInside(std::span<const int64_t> t, const WindowEnds& ends, int64_t start,
                     int64_t end) {
  const size_t from = t[ends.first] <= start ? ends.first + 1 : ends.first;
  const size_t to = t[ends.last] >= end ? ends.last : ends.last + 1;
  return {from, std::max(from, to)};
}

}  // namespace tidemark::promql
