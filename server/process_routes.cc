#include "server/process_routes.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "server/api/answer.h"
#include "server/version.h"

namespace tidemark::server {
namespace {

void AnswerText(int status, std::string text, HttpResponse& response) {
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text) + "\n";
}

void AnswerReady(const Status& ready, HttpResponse& response) {
  if (ready.ok()) return AnswerText(200, "Tidemark is Ready.", response);
  AnswerText(503, "Service Unavailable: " + std::string(MessageOf(ready)), response);
  response.headers.emplace_back("Retry-After", "5");
}

Status Flush(bool enabled, const StorageSource& source) {
  if (!enabled) return Unavailable("admin APIs disabled: set server.admin_api to true");
  tsdb::Storage* storage = source();
  return storage == nullptr ? Unavailable(kStarting) : storage->Flush();
}

// Relative links work behind a proxy that adds a prefix, too.
std::string IndexLine(const Route& route) {
  std::string methods;
  for (const std::string& method : route.methods) methods += (methods.empty() ? "" : ", ") + method;
  const std::string_view path = std::string_view(route.pattern).substr(1);
  const bool can_open = methods.starts_with("GET") && path.find('{') == std::string_view::npos;
  return fmt::format("<li><code>{} {}</code></li>\n", methods,
                     can_open ? fmt::format("<a href=\"{0}\">/{0}</a>", path) : route.pattern);
}

}  // namespace

std::vector<Route> HealthRoutes(std::function<Status()> ready) {
  return {{{"GET"},
           "/-/healthy",
           Lane::kControl,
           [](const HttpRequest&, HttpResponse& response) {
             AnswerText(200, "Tidemark is Healthy.", response);
           }},
          {{"GET"},
           "/-/ready",
           Lane::kControl,
           [ready = std::move(ready)](const HttpRequest&, HttpResponse& response) {
             AnswerReady(ready(), response);
           }}};
}

Route FlushRoute(bool enabled, StorageSource storage) {
  // Not in the control lane: it takes as long as there is work.
  return {{"POST", "PUT"},
          "/api/v1/admin/tsdb/flush",
          Lane::kQuery,
          [enabled, storage = std::move(storage)](const HttpRequest&, HttpResponse& response) {
            const Status flushed = Flush(enabled, storage);
            if (!flushed.ok()) {
              response = ErrorAnswer(flushed);
              return;
            }
            response.content_type = "application/json";
            response.body = R"({"status":"success"})";
          }};
}

Route IndexRoute(const std::vector<Route>& routes) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tidemark</title>"
      "</head>\n<body><h1>Tidemark {}</h1>\n<p>A Prometheus-compatible remote-write backend. It "
      "serves:</p>\n<ul>\n",
      Version());
  for (const Route& route : routes) page += IndexLine(route);
  page += "</ul>\n</body></html>\n";
  return {{"GET"},
          "/",
          Lane::kControl,
          [page = std::move(page)](const HttpRequest&, HttpResponse& response) {
            response.content_type = "text/html; charset=utf-8";
            response.body = page;
          }};
}

}  // namespace tidemark::server
