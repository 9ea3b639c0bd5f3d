#include "server/demo/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "server/demo/seed.h"

namespace tidemark::server {
namespace {

constexpr uint64_t kTickKind = 1;
constexpr uint64_t kFirstInFlightKind = 3;  // and on: one for each endpoint and region

constexpr int64_t kMaxGapSeconds = 86'400;

// Spread of the durations: p95 is about twice, p99 three times the median.
constexpr double kSigma = 0.45;

// Past this many requests of a stream in a second, a drawn duration stands for
// several: a second costs the same at any throughput.
constexpr uint64_t kMaxDraws = 64;

uint64_t Poisson(double mean, std::mt19937_64& random) {
  if (!(mean > 0)) return 0;
  return static_cast<uint64_t>(std::poisson_distribution<int64_t>(mean)(random));
}

uint64_t Binomial(uint64_t n, double p, std::mt19937_64& random) {
  std::binomial_distribution<int64_t> successes(static_cast<int64_t>(n), std::clamp(p, 0.0, 1.0));
  return static_cast<uint64_t>(successes(random));
}

std::string TraceId(std::mt19937_64& random) {
  const uint64_t high = random();
  return fmt::format("{:016x}{:016x}", high, random());
}

std::vector<Stream> MakeStreams() {
  std::vector<Stream> streams;
  for (size_t tier = 0; tier < ClientTiers().size(); ++tier) {
    for (size_t endpoint = 0; endpoint < Endpoints().size(); ++endpoint) {
      for (size_t region = 0; region < Regions().size(); ++region) {
        streams.push_back({tier, endpoint, region, {}, {}});
      }
    }
  }
  return streams;
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options, int64_t start_ms)
    : options_(options),
      incidents_(options.seed, options.incident_every_ms),
      now_s_(start_ms / 1000),
      streams_(MakeStreams()) {}

void Simulation::AdvanceTo(int64_t t_ms) {
  const int64_t until_s = t_ms / 1000;
  now_s_ = std::max(now_s_, until_s - kMaxGapSeconds);
  while (now_s_ < until_s) Tick();
}

void Simulation::Tick() {
  ++now_s_;
  std::mt19937_64 random(SeedOf(options_.seed, kTickKind, now_s_));
  const std::optional<Incident> incident = CurrentIncident();
  for (Stream& stream : streams_) Simulate(ConditionsOf(stream, incident), random, stream);
}

Simulation::Conditions Simulation::ConditionsOf(const Stream& stream,
                                                const std::optional<Incident>& incident) const {
  const Region& region = Regions()[stream.region];
  const Endpoint& endpoint = Endpoints()[stream.endpoint];
  const ClientTier& tier = ClientTiers()[stream.tier];
  const int64_t now_ms = now_s_ * 1000;
  // A busy hour is a little slower than a quiet one.
  const double load_factor = 0.9 + 0.1 * DailyRhythm(region, now_ms);
  Conditions conditions = {
      RequestsPerSecond(endpoint, region, tier, options_.authorisations_per_day, now_ms),
      endpoint.median_seconds * region.latency_factor * tier.latency_factor * load_factor,
      endpoint.client_error_ratio * tier.client_error_factor,
      endpoint.server_error_ratio,
  };
  if (incident.has_value() && incident->region == stream.region) {
    conditions.median_seconds *= incident->latency_factor;
    conditions.server_error_ratio += incident->server_error_ratio;
  }
  return conditions;
}

void Simulation::Simulate(const Conditions& conditions, std::mt19937_64& random, Stream& stream) {
  const uint64_t requests = Poisson(conditions.requests_per_second, random);
  if (requests == 0) return;
  const uint64_t server_errors = Binomial(requests, conditions.server_error_ratio, random);
  const uint64_t answered = requests - server_errors;
  const uint64_t client_errors = Binomial(answered, conditions.client_error_ratio, random);
  stream.requests[static_cast<size_t>(Outcome::kServerError)] += server_errors;
  stream.requests[static_cast<size_t>(Outcome::kClientError)] += client_errors;
  stream.requests[static_cast<size_t>(Outcome::kSuccess)] += answered - client_errors;
  SimulateDurations(requests, conditions.median_seconds, random, stream);
}

void Simulation::SimulateDurations(uint64_t requests, double median_seconds,
                                   std::mt19937_64& random, Stream& stream) {
  std::lognormal_distribution<double> seconds(std::log(median_seconds), kSigma);
  const uint64_t draws = std::min(requests, kMaxDraws);
  double last = 0;
  for (uint64_t i = 0; i < draws; ++i) {
    last = seconds(random);
    stream.durations.Observe(last, requests / draws + (i < requests % draws ? 1 : 0));
  }
  stream.durations.SetExemplar(last, now_s_ * 1000, TraceId(random));
}

uint64_t Simulation::InFlight(size_t endpoint, size_t region) const {
  const std::optional<Incident> incident = CurrentIncident();
  double mean = 0;
  for (const Stream& stream : streams_) {
    if (stream.endpoint != endpoint || stream.region != region) continue;
    const Conditions conditions = ConditionsOf(stream, incident);
    const double mean_seconds = conditions.median_seconds * std::exp(kSigma * kSigma / 2);
    mean += conditions.requests_per_second * mean_seconds;
  }
  const uint64_t kind = kFirstInFlightKind + endpoint * Regions().size() + region;
  std::mt19937_64 random(SeedOf(options_.seed, kind, now_s_));
  return Poisson(mean, random);
}

}  // namespace tidemark::server
