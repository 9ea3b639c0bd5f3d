// The values that settings take as text: counts, sizes, durations, shares.
//
// Each parser has a printer whose output it reads back.  All errors are
// kInvalidArgument and say what was expected, with an example.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::server {

StatusOr<bool> ParseBool(std::string_view text);       // true or false
StatusOr<uint64_t> ParseCount(std::string_view text);  // decimal digits

// "64MiB", "1.5GiB", "512": bytes, in powers of 1024 (KiB … TiB) or of 1000 (kB … TB).
StatusOr<uint64_t> ParseBytes(std::string_view text);
std::string PrintBytes(uint64_t bytes);  // with the largest unit that leaves it whole

// "90d", "1h30m", "500ms"; units y (365 d), w, d, h, m, s, ms, falling; "0".
StatusOr<int64_t> ParseDuration(std::string_view text);  // milliseconds
std::string PrintDuration(int64_t ms);

// "5%", "0.5%": as a share of one.
StatusOr<double> ParseShare(std::string_view text);
std::string PrintShare(double share);

// "127.0.0.1:9201", "[::1]:9201", "localhost:0", ":9201" (every address).
struct HostPort {
  std::string host;
  int port = 0;
};
StatusOr<HostPort> ParseHostPort(std::string_view text);
std::string PrintHostPort(const HostPort& address);

}  // namespace tidemark::server
