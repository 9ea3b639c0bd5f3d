#include "server/demo/demo_routes.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "server/exposition/exposition.h"

namespace tidemark::server {
namespace {

constexpr char kPage[] = R"(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Payments gateway (simulated)</title>
<style>body {{ font: 16px/1.5 sans-serif; max-width: 42em; margin: 3em auto; padding: 0 1em }}</style>
<h1>Payments gateway (simulated)</h1>
<p>No cards are charged here: this process invents the metrics of a payments gateway,
so that Prometheus has something to scrape and Tidemark something to keep.</p>
<p>Now: {}.</p>
<ul>
<li><a href="/metrics">/metrics</a>: text, OpenMetrics or protobuf, as the scraper asks;
native histograms come with protobuf</li>
<li><a href="/-/healthy">/-/healthy</a></li>
</ul>
</html>
)";

std::string Describe(const std::optional<Incident>& incident) {
  if (!incident.has_value()) return "business as usual";
  return fmt::format(
      "an incident in {}: answers take {:.1f} times as long, {:.0f}% of them are 5xx",
      Regions()[incident->region].name, incident->latency_factor,
      incident->server_error_ratio * 100);
}

void ServePage(Gateway& gateway, HttpResponse& response) {
  response.content_type = "text/html; charset=utf-8";
  response.body = fmt::format(kPage, Describe(gateway.CurrentIncident()));
}

void ServeMetrics(Gateway& gateway, const HttpRequest& request, HttpResponse& response) {
  const Format format = Negotiate(request.Header("accept"));
  response.content_type = ContentType(format);
  Encode(gateway.Collect(), format, &response.body);
}

void ServeHealthy(HttpResponse& response) {
  response.content_type = "text/plain; charset=utf-8";
  response.body = "The demo is healthy.\n";
}

Route Get(std::string pattern, Lane lane, HttpHandler handler) {
  Route route;
  route.methods = {"GET"};
  route.pattern = std::move(pattern);
  route.lane = lane;
  route.handler = std::move(handler);
  return route;
}

}  // namespace

std::vector<Route> DemoRoutes(Gateway& gateway) {
  return {
      Get("/", Lane::kQuery,
          [&gateway](const HttpRequest&, HttpResponse& response) { ServePage(gateway, response); }),
      Get("/metrics", Lane::kQuery,
          [&gateway](const HttpRequest& request, HttpResponse& response) {
            ServeMetrics(gateway, request, response);
          }),
      Get("/-/healthy", Lane::kControl,
          [](const HttpRequest&, HttpResponse& response) { ServeHealthy(response); }),
  };
}

}  // namespace tidemark::server
