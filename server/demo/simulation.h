// Simulation: a payments gateway's requests, second by second.
//
// A stream is one endpoint, region and client tier.  In each second the number
// of its requests is drawn from a Poisson distribution about what the rhythm of
// the day asks for, their outcomes from binomial ones, their durations from a
// log-normal one.  All of a second's draws follow from the seed and the second
// alone: it does not matter how often, or when, somebody looks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "server/demo/incident.h"
#include "server/demo/latency_histogram.h"
#include "server/demo/traffic.h"

namespace tidemark::server {

struct SimulationOptions {
  double authorisations_per_day = 25e6;
  uint64_t seed = 1;
  int64_t incident_every_ms = 20 * 60'000;  // 0: none
};

enum class Outcome : size_t { kSuccess, kClientError, kServerError };
inline constexpr size_t kOutcomes = 3;

struct Stream {
  size_t tier;  // indices into ClientTiers(), Endpoints() and Regions()
  size_t endpoint;
  size_t region;
  std::array<uint64_t, kOutcomes> requests = {};
  LatencyHistogram durations;  // of all of them
};

// Threads: one at a time.
class Simulation {
 public:
  // Nothing has happened yet at `start_ms` since the Unix epoch.
  Simulation(const SimulationOptions& options, int64_t start_ms);

  // Lets the whole seconds up to `t_ms` happen.  Time that goes back changes
  // nothing.  After a gap of more than a day (the machine slept) only the last
  // day happens, so that this takes seconds at most.
  void AdvanceTo(int64_t t_ms);

  // By tier, endpoint and region, each sorted by name.
  const std::vector<Stream>& streams() const { return streams_; }

  // Requests of all tiers under way at the end of the last second, by Little's law.
  uint64_t InFlight(size_t endpoint, size_t region) const;

  std::optional<Incident> CurrentIncident() const { return incidents_.At(now_s_ * 1000); }

 private:
  // What holds for a stream in one second.
  struct Conditions {
    double requests_per_second;
    double median_seconds;
    double client_error_ratio;
    double server_error_ratio;
  };

  void Tick();
  Conditions ConditionsOf(const Stream& stream, const std::optional<Incident>& incident) const;
  void Simulate(const Conditions& conditions, std::mt19937_64& random, Stream& stream);
  void SimulateDurations(uint64_t requests, double median_seconds, std::mt19937_64& random,
                         Stream& stream);

  const SimulationOptions options_;
  const IncidentPlan incidents_;
  int64_t now_s_;
  std::vector<Stream> streams_;
};

}  // namespace tidemark::server
