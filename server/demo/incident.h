// Incidents of the simulated gateway: for some minutes one region is slow and
// answers many requests with errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tidemark::server {

struct Incident {
  size_t region = 0;  // index into Regions()
  int64_t start_ms = 0;
  int64_t end_ms = 0;  // exclusive
  double latency_factor = 1;
  double server_error_ratio = 0;  // on top of the usual one
};

// One incident in each interval of `every_ms` on the clock, at a time, in a
// region and of a strength that follow from the seed: over in time for the next.
//
// Threads: immutable.
class IncidentPlan {
 public:
  // `every_ms` 0: none ever happens.
  IncidentPlan(uint64_t seed, int64_t every_ms) : seed_(seed), every_ms_(every_ms) {}

  // The incident going on at `t_ms` since the Unix epoch, if any.
  std::optional<Incident> At(int64_t t_ms) const;

 private:
  uint64_t seed_;
  int64_t every_ms_;
};

}  // namespace tidemark::server
