#include "server/demo/traffic.h"

#include <array>
#include <cmath>
#include <numeric>

namespace tidemark::server {
namespace {

constexpr double kSecondsPerDay = 86'400;
constexpr int64_t kMsPerHour = 3'600'000;
constexpr size_t kHours = 24;

constexpr std::array<Endpoint, 5> kEndpoints = {{
    {"/v1/3ds/challenge", 0.25, 0.300, 0.060, 0.0010},
    {"/v1/authorise", 1.00, 0.120, 0.035, 0.0006},
    {"/v1/capture", 0.85, 0.060, 0.010, 0.0004},
    {"/v1/refund", 0.03, 0.080, 0.020, 0.0008},
    {"/v1/tokenise", 0.12, 0.015, 0.015, 0.0002},
}};

constexpr std::array<Region, 4> kRegions = {{
    {"ap-south", 0.17, 5, 1.25},
    {"eu-west", 0.42, 1, 0.90},
    {"sa-east", 0.08, -3, 1.40},
    {"us-east", 0.33, -5, 1.00},
}};

constexpr std::array<ClientTier, 3> kClientTiers = {{
    {"business", 0.30, 1.0, 1.0},
    {"enterprise", 0.60, 0.8, 0.8},
    {"starter", 0.10, 1.2, 1.6},
}};

// Relative to each other, at each full hour of local time.
constexpr std::array<double, kHours> kHourWeights = {
    0.35, 0.25, 0.20, 0.18, 0.20, 0.30, 0.50, 0.80, 1.05, 1.20, 1.30, 1.45,
    1.60, 1.50, 1.35, 1.30, 1.35, 1.50, 1.65, 1.60, 1.40, 1.15, 0.85, 0.55};

double MeanHourWeight() {
  return std::accumulate(kHourWeights.begin(), kHourWeights.end(), 0.0) / kHours;
}

}  // namespace

std::span<const Endpoint> Endpoints() { return kEndpoints; }
std::span<const Region> Regions() { return kRegions; }
std::span<const ClientTier> ClientTiers() { return kClientTiers; }

double DailyRhythm(const Region& region, int64_t t_ms) {
  static const double mean = MeanHourWeight();
  const int64_t local_ms = t_ms + region.utc_offset_hours * kMsPerHour;
  const double hours = static_cast<double>(local_ms) / kMsPerHour;
  const double hour = std::floor(hours);
  const auto at = static_cast<size_t>(static_cast<int64_t>(hour) % 24 + 24) % kHours;
  return std::lerp(kHourWeights[at], kHourWeights[(at + 1) % kHours], hours - hour) / mean;
}

double RequestsPerSecond(const Endpoint& endpoint, const Region& region, const ClientTier& tier,
                         double authorisations_per_day, int64_t t_ms) {
  return authorisations_per_day / kSecondsPerDay * endpoint.per_authorisation * region.share *
         tier.share * DailyRhythm(region, t_ms);
}

}  // namespace tidemark::server
