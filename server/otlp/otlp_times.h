// Times and flags of OTLP's data points.
#pragma once

#include <cstdint>

namespace tidemark::server {

// Nanoseconds → milliseconds since the Unix epoch.
inline int64_t MillisOf(uint64_t unix_nano) { return static_cast<int64_t>(unix_nano / 1'000'000); }

// Whether the flags of a data point say that no value was recorded: the series ends.
inline bool IsStale(uint32_t flags) { return (flags & 1) != 0; }

}  // namespace tidemark::server
