// What the start times of samples say about counters: where one began anew
// (Prometheus promql/functions.go, isStartTimestampReset).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tidemark::promql {

// Of samples taken at `t` that began to count at `starts`, milliseconds, 0: not
// known; `starts` may be empty: none is.  `i` is not 0.

// Whether what sample i counts began after sample i - 1, or with it when that one
// says that it began at another time: deltas, each from the time of the one before.
bool StartedAnew(std::span<const int64_t> starts, std::span<const int64_t> t, size_t i);

// Whether sample i began before sample i - 1 was taken, and yet at another time:
// one of the two is wrong.
bool StartsOverlap(std::span<const int64_t> starts, std::span<const int64_t> t, size_t i);
// Whether any two do.
bool AnyStartsOverlap(std::span<const int64_t> starts, std::span<const int64_t> t);

// Whether the first sample began to count inside the window that is open at
// `window_start`: there it was zero.
bool BeginsInside(std::span<const int64_t> starts, std::span<const int64_t> t,
                  int64_t window_start);

}  // namespace tidemark::promql
