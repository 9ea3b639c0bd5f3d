// What the API tells of the process itself.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tidemark::server {

struct ProcessInfo {
  int64_t start_ms = 0;  // since the Unix epoch
  std::string config;    // YAML; nothing in it may be secret
  // What Prometheus' flags of these names would be, where there is such a thing.
  std::map<std::string, std::string> flags;
  std::string retention;      // "90d"
  uint64_t memory_bytes = 0;  // storage.memory
  // By category, then name, as Prometheus' features endpoint has them; those of
  // PromQL come from the parser.
  std::map<std::string, std::map<std::string, bool>> features;
};

}  // namespace tidemark::server
