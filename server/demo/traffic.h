// Traffic: who asks the simulated gateway for what, how often, at which hour.
//
// The figures are invented, with the shape of a card processor's day: quiet
// before dawn, a hump at noon, a peak in the early evening, by local time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tidemark::server {

struct Endpoint {
  std::string_view path;
  double per_authorisation;  // requests for each card authorisation
  double median_seconds;     // of the duration of a request
  double client_error_ratio;
  double server_error_ratio;
};

struct Region {
  std::string_view name;
  double share;  // of all requests; all regions' add up to 1
  int utc_offset_hours;
  double latency_factor;
};

struct ClientTier {
  std::string_view name;
  double share;  // of all requests; all tiers' add up to 1
  double latency_factor;
  double client_error_factor;
};

// Each sorted by name.
std::span<const Endpoint> Endpoints();
std::span<const Region> Regions();
std::span<const ClientTier> ClientTiers();

// How busy a region is at `t_ms` since the Unix epoch, relative to its mean:
// over any 24 hours the mean is 1.
double DailyRhythm(const Region& region, int64_t t_ms);

// Mean requests per second at `t_ms`.
double RequestsPerSecond(const Endpoint& endpoint, const Region& region, const ClientTier& tier,
                         double authorisations_per_day, int64_t t_ms);

}  // namespace tidemark::server
