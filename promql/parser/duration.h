// Durations as text: 1h30m, 90d, 500ms, with the units y, w, d, h, m, s and ms in
// this order; a year is 365 days.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::promql {

// In milliseconds.  "0" needs no unit.
//   kInvalidArgument  `not a valid duration string: "5"`, `unknown unit …`,
//                     "duration out of range" (more than 2^63 - 1 nanoseconds)
StatusOr<int64_t> ParseDuration(std::string_view text);

// The largest units first, years and weeks only where nothing remains: 1h30m, 90d,
// 2y; "0s"; a leading - where `ms` is negative.
std::string FormatDuration(int64_t ms);

// Whether `seconds` are more nanoseconds than an int64 holds.
bool IsDurationOutOfRange(double seconds);

// Seconds as a query gives them, in milliseconds: rounded to nanoseconds, then cut.
// They must be in range.
int64_t DurationMsOf(double seconds);

}  // namespace tidemark::promql
