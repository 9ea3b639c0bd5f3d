// Gateway: the simulated payments gateway as something to scrape.
//
//   Gateway gateway({.authorisations_per_day = 25e6}, Clock::System());
//   Encode(gateway.Collect(), format, &page);
//
// Its metrics:
//
//   card_auth_requests_total{client_tier, endpoint, region, status_code_family}   counter
//   card_auth_request_duration_seconds{client_tier, endpoint, region}   classic and native
//   card_auth_latency_seconds{client_tier, endpoint, region}            the same, native only
//   card_auth_in_flight_requests{endpoint, region}                      gauge
//   card_auth_build_info{revision, version}, process_start_time_seconds gauges
//
// Every series is there from the first scrape on, counters at 0.
#pragma once

#include <optional>
#include <vector>

#include "proto/metrics.pb.h"
#include "server/demo/simulation.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread.
class Gateway {
 public:
  // Opens for business now.  The clock must outlive it.
  Gateway(const SimulationOptions& options, const Clock& clock);

  // What has happened until now; families, metrics and labels sorted.
  std::vector<io::prometheus::client::MetricFamily> Collect() ABSL_LOCKS_EXCLUDED(mutex_);

  // The incident going on now, if any.
  std::optional<Incident> CurrentIncident() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const Clock& clock_;
  const int64_t start_ms_;
  Mutex mutex_;
  Simulation simulation_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::server
