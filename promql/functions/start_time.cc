#include "promql/functions/start_time.h"

namespace tidemark::promql {

bool StartedAnew(std::span<const int64_t> starts, std::span<const int64_t> t, size_t i) {
  if (starts.empty()) return false;
  const int64_t start = starts[i];
  const int64_t before = t[i - 1];
  // At or after its own sample a start means nothing.
  if (start == 0 || start >= t[i] || start < before) return false;
  if (start > before) return true;
  // With the sample before: a delta, unless that one does not know its start.
  return starts[i - 1] != 0 && starts[i - 1] < before;
}

bool StartsOverlap(std::span<const int64_t> starts, std::span<const int64_t> t, size_t i) {
  if (starts.empty()) return false;
  return starts[i] != 0 && starts[i] < t[i - 1] && starts[i] != starts[i - 1];
}

bool AnyStartsOverlap(std::span<const int64_t> starts, std::span<const int64_t> t) {
  for (size_t i = 1; i < starts.size(); ++i) {
    if (StartsOverlap(starts, t, i)) return true;
  }
  return false;
}

bool BeginsInside(std::span<const int64_t> starts, std::span<const int64_t> t,
                  int64_t window_start) {
  return !starts.empty() && starts[0] != 0 && starts[0] > window_start && starts[0] < t[0];
}

}  // namespace tidemark::promql
