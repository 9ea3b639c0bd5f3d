// What can be set of pairs of senders.
#pragma once

#include <cstdint>
#include <string>

namespace tidemark::server {

// None of these can change while the server runs.
struct HaOptions {
  bool enabled = false;                       // ha.enabled
  std::string cluster_label = "cluster";      // which senders send the same
  std::string replica_label = "__replica__";  // which of them this one is
  int64_t failover_ms = 30'000;               // without a request of the elected one, another is
  uint64_t held_bytes = 64 << 20;             // for requests of those not elected, compressed
};

}  // namespace tidemark::server
