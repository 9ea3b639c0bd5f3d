#include "server/own_metrics/own_metrics.h"

#include <string>
#include <utility>

#include "server/exposition/exposition.h"
#include "server/exposition/from_metrics.h"
#include "server/own_metrics/process_stats.h"
#include "server/version.h"

namespace tidemark::server {

Route OwnMetricsRoute(const Metrics& metrics) {
  return {{"GET"},
          "/metrics",
          Lane::kControl,
          [&metrics](const HttpRequest& request, HttpResponse& response) {
            const Format format = Negotiate(request.Header("accept"));
            response.content_type = ContentType(format);
            Encode(FromMetrics(metrics), format, &response.body);
          }};
}

void AddProcessMetrics(Metrics& metrics) {
  metrics.AddGauge("tidemark_build_info", "1, with the version of this build as labels.",
                   [] { return 1; },
                   {{"version", std::string(Version())}, {"revision", std::string(Revision())}});
  metrics.AddCounterReader("process_cpu_seconds_total",
                           "CPU time of this process, user and system, in seconds.",
                           [] { return ReadProcessStats().cpu_seconds; });
  metrics.AddGauge("process_resident_memory_bytes", "Memory of this process that is in RAM.",
                   [] { return ReadProcessStats().resident_bytes; });
  metrics.AddGauge("process_virtual_memory_bytes", "Address space of this process.",
                   [] { return ReadProcessStats().virtual_bytes; });
  metrics.AddGauge("process_start_time_seconds", "When this process started, as Unix time.",
                   [] { return ReadProcessStats().start_time_seconds; });
  metrics.AddGauge("process_open_fds", "Open file descriptors.", [] { return CountOpenFiles(); });
  metrics.AddGauge("process_max_fds", "The limit on open file descriptors.",
                   [] { return MaxOpenFiles(); });
}

}  // namespace tidemark::server
