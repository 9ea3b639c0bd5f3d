#include "server/demo/demo_routes.h"

#include <gmock/gmock.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <gtest/gtest.h>

#include <string>

namespace tidemark::server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class DemoRoutesTest : public testing::Test {
 protected:
  HttpResponse Get(const std::string& path, const std::string& accept = "") {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    if (!accept.empty()) request.headers["accept"] = accept;
    HttpResponse response;
    for (const Route& route : DemoRoutes(gateway_)) {
      if (route.pattern == path) route.handler(request, response);
    }
    return response;
  }

  FakeClock clock_{1'767'268'800'000};  // 2026-01-01T12:00:00Z
  Gateway gateway_{{}, clock_};
};

TEST_F(DemoRoutesTest, MetricsComeAsTheScraperAsks) {
  clock_.Advance(10'000);
  const HttpResponse text = Get("/metrics");
  EXPECT_EQ(text.status, 200);
  EXPECT_THAT(text.content_type, StartsWith("text/plain; version=0.0.4"));
  EXPECT_THAT(text.body, StartsWith("# HELP card_auth_build_info "));
  EXPECT_THAT(text.body, HasSubstr("\ncard_auth_requests_total{client_tier=\"business\","
                                   "endpoint=\"/v1/authorise\",region=\"eu-west\","
                                   "status_code_family=\"2xx\"} "));

  const HttpResponse open_metrics = Get("/metrics", "application/openmetrics-text");
  EXPECT_THAT(open_metrics.content_type, StartsWith("application/openmetrics-text"));
  EXPECT_THAT(open_metrics.body, EndsWith("\n# EOF\n"));
  EXPECT_THAT(open_metrics.body, HasSubstr(" # {trace_id=\""));
}

TEST_F(DemoRoutesTest, NativeHistogramsComeWithProtobuf) {
  clock_.Advance(10'000);
  const HttpResponse response = Get("/metrics",
                                    "application/vnd.google.protobuf;"
                                    "proto=io.prometheus.client.MetricFamily;encoding=delimited");
  EXPECT_THAT(response.content_type, StartsWith("application/vnd.google.protobuf"));
  google::protobuf::io::ArrayInputStream stream(response.body.data(),
                                                static_cast<int>(response.body.size()));
  io::prometheus::client::MetricFamily family;
  int families = 0;
  int natives = 0;
  while (google::protobuf::util::ParseDelimitedFromZeroCopyStream(&family, &stream, nullptr)) {
    ++families;
    for (const auto& metric : family.metric()) natives += metric.histogram().schema() == 3;
    family.Clear();
  }
  EXPECT_EQ(families, 6);
  EXPECT_EQ(natives, 2 * 60);
}

TEST_F(DemoRoutesTest, ThePageSaysWhatItIsAndWhatGoesOn) {
  const IncidentPlan plan(SimulationOptions().seed, SimulationOptions().incident_every_ms);
  bool quiet = false;
  bool incident = false;
  for (int minute = 0; minute < 40; ++minute) {
    clock_.Advance(60'000);
    const HttpResponse page = Get("/");
    EXPECT_THAT(page.content_type, StartsWith("text/html"));
    EXPECT_THAT(page.body, HasSubstr("<a href=\"/metrics\">"));
    const bool now = plan.At(clock_.NowMs()).has_value();
    EXPECT_THAT(page.body, HasSubstr(now ? "an incident in " : "business as usual"));
    quiet |= !now;
    incident |= now;
  }
  EXPECT_TRUE(quiet && incident);
}

TEST_F(DemoRoutesTest, IsHealthy) { EXPECT_EQ(Get("/-/healthy").status, 200); }

}  // namespace
}  // namespace tidemark::server
