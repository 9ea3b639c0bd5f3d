// What needs no storage: buildinfo, format_query and parse_query.
#include <utility>

#include "promql/parser/printer.h"
#include "server/api/answer.h"
#include "server/api/api_context.h"
#include "server/api/expr_json.h"
#include "server/api/params.h"
#include "server/version.h"

namespace tidemark::server {
namespace {

// Clients read from it what they may ask for (Grafana: match[] on label values
// from 2.24 on), so it is the version of the API, not of this program; no
// "features", which would make Grafana look for a ruler's configuration API.
constexpr std::string_view kPrometheusVersion = "3.14.0";

StatusOr<HttpResponse> BuildInfo(const ApiContext&, const HttpRequest&) {
  const std::pair<std::string_view, std::string_view> kFields[] = {
      {"version", kPrometheusVersion},
      {"revision", Revision()},
      {"branch", ""},
      {"buildUser", ""},
      {"buildDate", ""},
      {"goVersion", ""},
      {"application", "Tidemark"},
      {"applicationVersion", Version()},
  };
  SuccessAnswer answer;
  answer.json().BeginObject();
  for (const auto& [key, value] : kFields) {
    answer.json().Key(key);
    answer.json().Text(value);
  }
  answer.json().EndObject();
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> FormatQuery(const ApiContext& context, const HttpRequest& http) {
  const StatusOr<promql::ExprPtr> expr = promql::ParseExpr(http.Param("query"), context.parser);
  if (!expr.ok()) return InvalidParameter("query", expr.status());
  SuccessAnswer answer;
  answer.json().Text(promql::PrettyPrint(**expr));
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> ParseQuery(const ApiContext& context, const HttpRequest& http) {
  const StatusOr<promql::ExprPtr> expr = promql::ParseExpr(http.Param("query"), context.parser);
  if (!expr.ok()) return InvalidParameter("query", expr.status());
  SuccessAnswer answer;
  WriteExpr(answer.json(), **expr);
  return std::move(answer).Finish();
}

}  // namespace

std::vector<Route> StatusRoutes(const ApiContextPtr& context) {
  std::vector<Route> routes;
  routes.push_back(ApiRoute(context, "/api/v1/status/buildinfo", BuildInfo));
  routes.back().lane = Lane::kControl;
  routes.push_back(ApiRoute(context, "/api/v1/format_query", FormatQuery));
  routes.push_back(ApiRoute(context, "/api/v1/parse_query", ParseQuery));
  return routes;
}

}  // namespace tidemark::server
