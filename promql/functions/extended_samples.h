// The samples that stand for the ends of a window with a reach (WindowReach).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "promql/eval/range_source.h"

namespace tidemark::promql {

// Indices into the samples that were read for the window.
struct WindowEnds {
  size_t first = 0;  // the last sample at or before the start; the first of all if none is
  size_t last = 0;   // anchored: the last; smoothed: the first at or after the end, or the last
  bool any = false;  // whether they say anything about the window
};
// `t` is not empty.
WindowEnds FindWindowEnds(std::span<const int64_t> t, int64_t start, int64_t end,
                          WindowReach reach);

// Between two samples, where a counter that was reset in between started from zero.
double Interpolate(int64_t t1, double v1, int64_t t2, double v2, int64_t t, bool is_counter);

// The values at the ends.
double ValueAtStart(std::span<const int64_t> t, std::span<const double> v, const WindowEnds& ends,
                    int64_t start, WindowReach reach, bool is_counter);
double ValueAtEnd(std::span<const int64_t> t, std::span<const double> v, const WindowEnds& ends,
                  int64_t end, WindowReach reach, bool is_counter);

// The samples strictly between start and end, with what ends.first and ends.last
// stand for left out: [from, to).
struct Inside {
  size_t from = 0;
  size_t to = 0;
};
Inside SamplesInside(std::span<const int64_t> t, const WindowEnds& ends, int64_t start,
                     int64_t end);

}  // namespace tidemark::promql
