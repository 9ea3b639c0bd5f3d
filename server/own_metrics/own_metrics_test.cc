#include "server/own_metrics/own_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(OwnMetrics, AnswersInTheFormatThatIsAskedFor) {
  Metrics metrics;
  AddProcessMetrics(metrics);
  metrics.AddCounter("x_total", "X.", {{"reason", "why"}})->Add(3);
  const Route route = OwnMetricsRoute(metrics);
  EXPECT_EQ(route.lane, Lane::kControl);
  struct Case {
    std::string accept, content_type, line;
  };
  const Case cases[] = {
      {"", "text/plain; version=0.0.4", "x_total{reason=\"why\"} 3\n"},
      {"application/openmetrics-text;version=1.0.0", "application/openmetrics-text",
       "x_total{reason=\"why\"} 3"},
      {"", "text/plain", "\ntidemark_build_info{"},
      {"", "text/plain", "# TYPE process_cpu_seconds_total counter\n"},
      {"", "text/plain", "\nprocess_resident_memory_bytes "},
      {"", "text/plain", "\nprocess_open_fds "},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.line);
    HttpRequest request;
    request.headers["accept"] = c.accept;
    HttpResponse response;
    route.handler(request, response);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.content_type, StartsWith(c.content_type));
    EXPECT_THAT(response.body, HasSubstr(c.line));
  }
}

}  // namespace
}  // namespace tidemark::server
