#include "server/http/http_metrics.h"

namespace tidemark::server {

HttpMetrics::HttpMetrics(Metrics& metrics)
    : metrics_(metrics),
      hang_ups_(metrics.AddCounter("tidemark_http_hang_ups_total",
                                   "Requests whose client hung up before the answer.")),
      accepted_(metrics.AddCounter("tidemark_http_connections_accepted_total",
                                   "Connections accepted, refused ones included.")),
      connections_(AddGauge("tidemark_http_connections", "Open connections.")),
      buffered_bytes_(AddGauge("tidemark_http_buffered_bytes",
                               "Bytes of requests in memory; see "
                               "server.http.max_buffered_bytes.")) {}

std::shared_ptr<std::atomic<int64_t>> HttpMetrics::AddGauge(std::string_view name,
                                                            std::string_view help,
                                                            Metrics::LabelPairs labels) {
  auto value = std::make_shared<std::atomic<int64_t>>(0);
  metrics_.AddGauge(
      name, help, [value] { return static_cast<double>(value->load()); }, std::move(labels));
  return value;
}

HttpMetrics::LaneGauges HttpMetrics::AddLane(std::string_view lane) {
  return {AddGauge("tidemark_http_queue_depth", "Requests that wait for a worker.",
                   {{"lane", std::string(lane)}}),
          AddGauge("tidemark_http_busy_workers", "Workers that answer a request.",
                   {{"lane", std::string(lane)}})};
}

void HttpMetrics::CountAnswer(const std::string& pattern, int status, double seconds) {
  Counter* requests = nullptr;
  BucketHistogram* duration = nullptr;
  {
    MutexLock lock(mutex_);
    Counter*& known = requests_[{pattern, status}];
    if (known == nullptr) {
      known = metrics_.AddCounter("tidemark_http_requests_total", "Requests answered by a handler.",
                                  {{"handler", pattern}, {"code", std::to_string(status)}});
    }
    BucketHistogram*& known_duration = durations_[pattern];
    if (known_duration == nullptr) {
      known_duration = metrics_.AddHistogram(
          "tidemark_http_request_duration_seconds",
          "From the last byte of the request to the last byte of the answer, waiting included.",
          {0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120},
          {{"handler", pattern}});
    }
    requests = known;
    duration = known_duration;
  }
  requests->Add();
  duration->Observe(seconds);
}

void HttpMetrics::CountRefusal(std::string_view reason) {
  MutexLock lock(mutex_);
  Counter*& known = refusals_[std::string(reason)];
  if (known == nullptr) {
    known = metrics_.AddCounter("tidemark_http_refused_total",
                                "Connections and requests refused before any handler saw them.",
                                {{"reason", std::string(reason)}});
  }
  known->Add();
}

}  // namespace tidemark::server
