// What Prometheus tells of targets, alerts and notifications: valid, and empty,
// because nothing here scrapes or alerts.
#include <utility>

#include "server/api/answer.h"
#include "server/api/api_context.h"

namespace tidemark::server {
namespace {

// An object of empty lists and empty objects.
ApiHandler Empty(std::vector<std::string_view> lists, std::vector<std::string_view> objects = {}) {
  return [=](const ApiContext&, const HttpRequest&) -> StatusOr<HttpResponse> {
    SuccessAnswer answer;
    JsonWriter& json = answer.json();
    json.BeginObject();
    for (const std::string_view key : lists) {
      json.Key(key);
      json.BeginArray();
      json.EndArray();
    }
    for (const std::string_view key : objects) {
      json.Key(key);
      json.BeginObject();
      json.EndObject();
    }
    json.EndObject();
    return std::move(answer).Finish();
  };
}

StatusOr<HttpResponse> EmptyList(const ApiContext&, const HttpRequest&) {
  SuccessAnswer answer;
  answer.json().BeginArray();
  answer.json().EndArray();
  return std::move(answer).Finish();
}

// As Prometheus says that no more listeners can be served.
StatusOr<HttpResponse> NoContent(const ApiContext&, const HttpRequest&) {
  HttpResponse response;
  response.status = 204;
  return response;
}

}  // namespace

std::vector<Route> ScrapeRoutes(const ApiContextPtr& context) {
  const std::pair<const char*, ApiHandler> kRoutes[] = {
      {"/api/v1/rules", Empty({"groups"})},
      {"/api/v1/alerts", Empty({"alerts"})},
      {"/api/v1/alertmanagers", Empty({"activeAlertmanagers", "droppedAlertmanagers"})},
      {"/api/v1/scrape_pools", Empty({"scrapePools"})},
      {"/api/v1/targets", Empty({"activeTargets", "droppedTargets"}, {"droppedTargetCounts"})},
      {"/api/v1/targets/metadata", EmptyList},
      {"/api/v1/notifications", EmptyList},
      {"/api/v1/notifications/live", NoContent},
  };
  std::vector<Route> routes;
  for (const auto& [pattern, handler] : kRoutes) {
    routes.push_back(ApiRoute(context, pattern, handler));
  }
  return routes;
}

}  // namespace tidemark::server
