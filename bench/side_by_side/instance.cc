#include "bench/side_by_side/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <protozero/pbf_writer.hpp>

namespace tidemark::bench {
namespace {

constexpr double kRestartEverySeconds = 3 * 86400;
constexpr double kOldestSeconds = 20 * 86400;

struct Endpoint {
  std::string_view path;
  double per_second;
  double median_seconds;
};
constexpr std::array<Endpoint, 12> kEndpoints = {{
    {"/v1/authorise", 20, 0.050},
    {"/v1/capture", 16, 0.040},
    {"/v1/void", 1, 0.030},
    {"/v1/refund", 1.5, 0.060},
    {"/v1/tokenise", 12, 0.020},
    {"/v1/3ds/challenge", 3, 0.060},
    {"/v1/3ds/verify", 2.5, 0.030},
    {"/v1/cards/verify", 6, 0.040},
    {"/v1/disputes", 0.2, 0.060},
    {"/v1/payouts", 0.6, 0.050},
    {"/v1/balances", 4, 0.020},
    {"/v1/webhooks/ack", 10, 0.030},
}};

struct Weighted {
  std::string_view name;
  double share;
};
constexpr std::array<Weighted, 4> kTiers = {
    {{"enterprise", 1}, {"business", 0.5}, {"starter", 0.2}, {"internal", 0.02}}};
constexpr std::array<Weighted, 4> kStatus = {
    {{"2xx", 1}, {"4xx", 0.06}, {"5xx", 0.002}, {"3xx", 0.004}}};

// Requests per second of all outcomes; even the quietest have some, so that
// every histogram moves.
double Busy(const Endpoint& endpoint, const Weighted& tier) {
  return (2 + endpoint.per_second) * (0.2 + tier.share);
}

struct Region {
  std::string_view name;
  double utc_offset_hours;
};
constexpr std::array<Region, 6> kRegions = {{{"eu-central-1", 1},
                                             {"eu-west-1", 0},
                                             {"us-east-1", -5},
                                             {"us-west-2", -8},
                                             {"ap-southeast-1", 8},
                                             {"sa-east-1", -3}}};

struct GaugeName {
  std::string_view name;
  GaugeKind kind;
};
constexpr std::array<GaugeName, 16> kGauges = {{
    {"card_auth_in_flight_requests", GaugeKind::kWhole},
    {"card_auth_queue_length", GaugeKind::kWhole},
    {"process_resident_memory_bytes", GaugeKind::kBytes},
    {"card_auth_pool_wait_seconds", GaugeKind::kMicros},
    {"card_auth_token_cache_hit_ratio", GaugeKind::kFraction},
    {"card_auth_threads", GaugeKind::kWhole},
    {"card_auth_settlement_lag_seconds", GaugeKind::kMicros},
    {"card_auth_build_info", GaugeKind::kConstant},
    {"card_auth_pool_connections", GaugeKind::kWhole},
    {"card_auth_average_amount", GaugeKind::kCents},
    {"card_auth_worker_busy_ratio", GaugeKind::kFraction},
    {"process_heap_in_use_bytes", GaugeKind::kBytes},
    {"process_open_fds", GaugeKind::kWhole},
    {"card_auth_circuit_breaker_open", GaugeKind::kFlag},
    {"card_auth_rate_limit_tokens", GaugeKind::kWhole},
    {"process_max_fds", GaugeKind::kConstant},
}};

// Which endpoints, tiers and so on an instance has series for.
struct Shape {
  size_t endpoints, tiers, status;  // counters: each with each
  size_t gauges, gauge_endpoints;   // gauges
  size_t histogram_endpoints, histogram_tiers;
  size_t native_endpoints, native_tiers;
};
constexpr Shape kWide = {12, 4, 4, 16, 8, 12, 2, 12, 4};
constexpr Shape kNarrow = {4, 1, 3, 8, 1, 2, 1, 4, 1};

std::string EncodeLabelFields(const Instance::LabelPairs& labels) {
  std::string out;
  protozero::pbf_writer series(out);
  for (const auto& [name, value] : labels) {
    protozero::pbf_writer label(series, 1);
    label.add_string(1, name);
    label.add_string(2, value);
  }
  return out;
}

}  // namespace

Instance::Instance(const InstanceOptions& options, uint32_t id, size_t max_series)
    : options_(options), id_(id), rng_(options.seed * 1'000'003 + id * 2u + options.histograms) {
  age_seconds_ = std::uniform_real_distribution<double>(0, kOldestSeconds)(rng_);
  if (options.histograms) {
    AddNativeHistograms();
  } else {
    AddFloats();
  }
  series_.resize(std::min(series_.size(), max_series));
  EncodeLabels();
}

void Instance::AddFloats() {
  const Shape& shape = options_.wide ? kWide : kNarrow;
  const auto endpoint = [this](size_t i) { return kEndpoints[(i + 4 * id_) % 12]; };
  const auto tier = [this](size_t i) { return kTiers[(i + id_) % 4]; };
  for (size_t e = 0; e < shape.endpoints; ++e) {
    for (size_t t = 0; t < shape.tiers; ++t) {
      for (size_t s = 0; s < shape.status; ++s) {
        Add("card_auth_requests_total",
            {{"endpoint", std::string(endpoint(e).path)},
             {"client_tier", std::string(tier(t).name)},
             {"status_code_family", std::string(kStatus[s].name)}},
            MakeCounter(endpoint(e).per_second * tier(t).share * kStatus[s].share * Spread(),
                        age_seconds_));
      }
    }
  }
  for (size_t g = 0; g < shape.gauges; ++g) {
    for (size_t e = 0; e < shape.gauge_endpoints; ++e) {
      Add(kGauges[g].name,
          {{"endpoint", std::string(endpoint(e).path)}, {"client_tier", std::string(tier(0).name)}},
          MakeGauge(kGauges[g].kind, rng_));
    }
  }
  for (size_t e = 0; e < shape.histogram_endpoints; ++e) {
    for (size_t t = 0; t < shape.histogram_tiers; ++t) {
      const Latency latency = {endpoint(e).median_seconds, 0.35 + 0.15 * Spread(), 0.001};
      Add("card_auth_request_duration_seconds",
          {{"endpoint", std::string(endpoint(e).path)}, {"client_tier", std::string(tier(t).name)}},
          MakeClassicHistogram(Busy(endpoint(e), tier(t)) * Spread(), latency, age_seconds_, rng_));
    }
  }
}

void Instance::AddNativeHistograms() {
  const Shape& shape = options_.wide ? kWide : kNarrow;
  for (size_t e = 0; e < shape.native_endpoints; ++e) {
    const Endpoint& endpoint = kEndpoints[(e + 4 * id_) % 12];
    for (size_t t = 0; t < shape.native_tiers; ++t) {
      const Weighted& tier = kTiers[(t + id_) % 4];
      const Latency latency = {endpoint.median_seconds, 0.35 + 0.15 * Spread(), 0.001};
      Add("card_auth_latency_seconds",
          {{"endpoint", std::string(endpoint.path)}, {"client_tier", std::string(tier.name)}},
          MakeNativeHistogram(0.4 * Busy(endpoint, tier) * Spread(), latency, age_seconds_, rng_));
    }
  }
}

// Instances differ: a factor around 1.
double Instance::Spread() { return std::lognormal_distribution<double>(0, 0.4)(rng_); }

void Instance::Add(std::string_view name, const LabelPairs& own,
                   std::unique_ptr<Instrument> instrument) {
  const std::vector<Instrument::Part> parts = instrument->Parts();
  for (size_t i = 0; i < parts.size(); ++i) {
    Series series = {instrument.get(), i, fmt::format("{}{}", name, parts[i].suffix), own, ""};
    if (!parts[i].le.empty()) series.own.emplace_back("le", parts[i].le);
    series_.push_back(std::move(series));
  }
  instruments_.push_back(std::move(instrument));
  parts_.push_back(parts.size());
}

Instance::LabelPairs Instance::Labels(size_t i) const {
  const Region& region = kRegions[id_ % kRegions.size()];
  const uint32_t address = id_ + generation_ * 7919;
  LabelPairs labels = series_[i].own;
  labels.emplace_back("__name__", series_[i].name);
  labels.emplace_back("env", "production");
  labels.emplace_back("instance", fmt::format("10.{}.{}.{}:9102", 40 + (address >> 16) % 8,
                                              (address >> 8) & 255, address & 255));
  labels.emplace_back("job", "card-auth-gateway");
  labels.emplace_back("region", region.name);
  labels.emplace_back("version", fmt::format("v4.{}.{}", 2 + generation_ % 20, id_ % 3));
  labels.emplace_back("zone", fmt::format("{}{:c}", region.name, 'a' + id_ % 3));
  std::sort(labels.begin(), labels.end());
  return labels;
}

void Instance::EncodeLabels() {
  for (size_t i = 0; i < series_.size(); ++i) series_[i].encoded = EncodeLabelFields(Labels(i));
}

bool Instance::Scrape(int64_t first, int count, std::vector<std::string>& payloads) {
  size_t parts = 0;
  for (const size_t n : parts_) parts += n;
  if (payloads.size() < parts) payloads.resize(parts);
  for (std::string& payload : payloads) payload.clear();
  if (relabel_) {
    relabel_ = false;
    ++generation_;
    samples_ = 0;
    EncodeLabels();
  }
  bool up = true;
  for (int i = 0; i < count; ++i) up = ScrapeOnce(first + i, payloads) && up;
  return up;
}

bool Instance::ScrapeOnce(int64_t scrape, std::vector<std::string>& payloads) {
  const double seconds = options_.interval_seconds;
  const int64_t t_ms = options_.start_ms + scrape * static_cast<int64_t>(seconds * 1000);
  if (scrape > 0 && scrape + 1 < options_.scrapes) {
    const bool replaced = Happens(options_.churn_per_hour * seconds / 3600);
    if (replaced || Happens(seconds / kRestartEverySeconds)) {
      GoDown(replaced, t_ms, payloads);
      return false;
    }
  }
  std::string* payload = payloads.data();
  for (size_t i = 0; i < instruments_.size(); ++i) {
    instruments_[i]->Advance(seconds, Load(t_ms), rng_);
    instruments_[i]->Append(t_ms, {payload, parts_[i]});
    payload += parts_[i];
  }
  ++samples_;
  ++all_samples_;
  return true;
}

void Instance::GoDown(bool replaced, int64_t t_ms, std::vector<std::string>& payloads) {
  for (size_t i = 0; i < series_.size(); ++i) {
    AppendStale(options_.histograms, t_ms, payloads[i]);
  }
  for (const std::unique_ptr<Instrument>& instrument : instruments_) instrument->Reset();
  relabel_ = replaced;
}

// A day's rhythm by local time, weaker at the weekend.
double Instance::Load(int64_t t_ms) const {
  const double hours =
      static_cast<double>(t_ms) / 3.6e6 + kRegions[id_ % kRegions.size()].utc_offset_hours;
  const int weekday = static_cast<int>(std::floor(hours / 24) + 4) % 7;  // 0: Sunday
  const bool weekend = weekday == 0 || weekday == 6;
  return (1 + 0.45 * std::sin(2 * std::numbers::pi * (hours - 10) / 24)) * (weekend ? 0.75 : 1);
}

}  // namespace tidemark::bench
