#include "server/demo/incident.h"

#include <algorithm>
#include <random>

#include "server/demo/seed.h"
#include "server/demo/traffic.h"

namespace tidemark::server {
namespace {

constexpr uint64_t kIncidentKind = 2;
constexpr double kMaxDurationMs = 15 * 60'000;

double Uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

}  // namespace

std::optional<Incident> IncidentPlan::At(int64_t t_ms) const {
  if (every_ms_ <= 0) return std::nullopt;
  const int64_t slot = t_ms / every_ms_;
  std::mt19937_64 random(SeedOf(seed_, kIncidentKind, slot));
  const auto every = static_cast<double>(every_ms_);
  Incident incident;
  incident.region = std::uniform_int_distribution<size_t>(0, Regions().size() - 1)(random);
  incident.start_ms = slot * every_ms_ + static_cast<int64_t>(Uniform(random, 0.1, 0.6) * every);
  incident.end_ms = incident.start_ms + static_cast<int64_t>(std::min(
                                            Uniform(random, 0.15, 0.3) * every, kMaxDurationMs));
  incident.latency_factor = Uniform(random, 3, 8);
  incident.server_error_ratio = Uniform(random, 0.08, 0.25);
  const bool going_on = t_ms >= incident.start_ms && t_ms < incident.end_ms;
  return going_on ? std::optional(incident) : std::nullopt;
}

}  // namespace tidemark::server
