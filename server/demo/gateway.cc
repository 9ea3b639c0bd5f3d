#include "server/demo/gateway.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "server/version.h"

namespace tidemark::server {
namespace {

namespace client = io::prometheus::client;

// By Outcome.
constexpr std::string_view kStatusCodeFamilies[kOutcomes] = {"2xx", "4xx", "5xx"};

using LabelList = std::initializer_list<std::pair<std::string_view, std::string_view>>;

client::MetricFamily Family(const char* name, const char* help, client::MetricType type,
                            const char* unit = "") {
  client::MetricFamily family;
  family.set_name(name);
  family.set_help(help);
  family.set_type(type);
  family.set_unit(unit);
  return family;
}

client::Metric& AddMetric(client::MetricFamily& family, LabelList labels) {
  client::Metric& metric = *family.add_metric();
  for (const auto& [name, value] : labels) {
    client::LabelPair* label = metric.add_label();
    label->set_name(std::string(name));
    label->set_value(std::string(value));
  }
  return metric;
}

client::Metric& AddStreamMetric(client::MetricFamily& family, const Stream& stream) {
  return AddMetric(family, {{"client_tier", ClientTiers()[stream.tier].name},
                            {"endpoint", Endpoints()[stream.endpoint].path},
                            {"region", Regions()[stream.region].name}});
}

void SetStart(int64_t start_ms, google::protobuf::Timestamp& out) {
  out.set_seconds(start_ms / 1000);
  out.set_nanos(static_cast<int32_t>(start_ms % 1000) * 1'000'000);
}

client::MetricFamily BuildInfo() {
  client::MetricFamily family =
      Family("card_auth_build_info", "Always 1; which build this is.", client::GAUGE);
  AddMetric(family, {{"revision", Revision()}, {"version", Version()}})
      .mutable_gauge()
      ->set_value(1);
  return family;
}

client::MetricFamily InFlight(const Simulation& simulation) {
  client::MetricFamily family =
      Family("card_auth_in_flight_requests", "Requests being worked on.", client::GAUGE);
  for (size_t endpoint = 0; endpoint < Endpoints().size(); ++endpoint) {
    for (size_t region = 0; region < Regions().size(); ++region) {
      AddMetric(family,
                {{"endpoint", Endpoints()[endpoint].path}, {"region", Regions()[region].name}})
          .mutable_gauge()
          ->set_value(static_cast<double>(simulation.InFlight(endpoint, region)));
    }
  }
  return family;
}

client::MetricFamily Latency(const Simulation& simulation, int64_t start_ms) {
  client::MetricFamily family =
      Family("card_auth_latency_seconds", "Duration of requests, in native buckets only.",
             client::HISTOGRAM, "seconds");
  for (const Stream& stream : simulation.streams()) {
    client::Histogram& histogram = *AddStreamMetric(family, stream).mutable_histogram();
    stream.durations.FillNative(histogram);
    stream.durations.FillNativeExemplars(histogram);
    SetStart(start_ms, *histogram.mutable_start_timestamp());
  }
  return family;
}

client::MetricFamily RequestDuration(const Simulation& simulation, int64_t start_ms) {
  client::MetricFamily family = Family("card_auth_request_duration_seconds",
                                       "Duration of requests, in classic and in native buckets.",
                                       client::HISTOGRAM, "seconds");
  for (const Stream& stream : simulation.streams()) {
    client::Histogram& histogram = *AddStreamMetric(family, stream).mutable_histogram();
    stream.durations.FillClassic(histogram);
    stream.durations.FillNative(histogram);
    SetStart(start_ms, *histogram.mutable_start_timestamp());
  }
  return family;
}

client::MetricFamily Requests(const Simulation& simulation, int64_t start_ms) {
  client::MetricFamily family =
      Family("card_auth_requests_total", "Requests answered.", client::COUNTER);
  for (const Stream& stream : simulation.streams()) {
    for (size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      client::Metric& metric = AddStreamMetric(family, stream);
      client::LabelPair* status = metric.add_label();
      status->set_name("status_code_family");
      status->set_value(std::string(kStatusCodeFamilies[outcome]));
      metric.mutable_counter()->set_value(static_cast<double>(stream.requests[outcome]));
      SetStart(start_ms, *metric.mutable_counter()->mutable_start_timestamp());
    }
  }
  return family;
}

client::MetricFamily ProcessStart(int64_t start_ms) {
  client::MetricFamily family =
      Family("process_start_time_seconds", "When the process started, since the Unix epoch.",
             client::GAUGE, "seconds");
  AddMetric(family, {}).mutable_gauge()->set_value(static_cast<double>(start_ms) / 1000);
  return family;
}

}  // namespace

Gateway::Gateway(const SimulationOptions& options, const Clock& clock)
    : clock_(clock), start_ms_(clock.NowMs()), simulation_(options, start_ms_) {}

std::vector<client::MetricFamily> Gateway::Collect() {
  MutexLock lock(mutex_);
  simulation_.AdvanceTo(clock_.NowMs());
  std::vector<client::MetricFamily> families;
  families.push_back(BuildInfo());
  families.push_back(InFlight(simulation_));
  families.push_back(Latency(simulation_, start_ms_));
  families.push_back(RequestDuration(simulation_, start_ms_));
  families.push_back(Requests(simulation_, start_ms_));
  families.push_back(ProcessStart(start_ms_));
  return families;
}

std::optional<Incident> Gateway::CurrentIncident() {
  MutexLock lock(mutex_);
  simulation_.AdvanceTo(clock_.NowMs());
  return simulation_.CurrentIncident();
}

}  // namespace tidemark::server
