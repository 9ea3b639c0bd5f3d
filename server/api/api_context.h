// What the handlers of the API share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "promql/engine.h"
#include "server/api/api.h"
#include "server/http/http.h"
#include "server/sources.h"

namespace tidemark::server {

// The engine as handlers see it, so that a test can stand in for it.  The HTTP
// request says who asks; a client that hangs up cancels its query.
using QueryExecutor = std::function<StatusOr<promql::QueryResult>(
    const promql::QueryRequest&, const tsdb::Queryable&, const HttpRequest&)>;

struct ApiContext {
  ApiOptions options;
  QueryExecutor execute;
  promql::ParserOptions parser;
  StorageSource storage;
};
using ApiContextPtr = std::shared_ptr<const ApiContext>;

// A storage that is ready and the tenant of the request.
struct Scope {
  tsdb::Storage* storage;
  std::string tenant;
};
//   kUnavailable  the storage is still starting
//   or what the tenant source says
StatusOr<Scope> ScopeOf(const ApiContext& context, const HttpRequest& request);

// A route for GET and POST whose errors become error answers.
using ApiHandler = std::function<StatusOr<HttpResponse>(const ApiContext&, const HttpRequest&)>;
Route ApiRoute(const ApiContextPtr& context, std::string pattern, ApiHandler handler);

// What ApiRoutes is made of.
std::vector<Route> QueryRoutes(const ApiContextPtr& context);        // query, query_range, …
std::vector<Route> SeriesRoutes(const ApiContextPtr& context);       // labels, values, series
std::vector<Route> MetadataRoutes(const ApiContextPtr& context);     // metadata, query_exemplars
std::vector<Route> StatusRoutes(const ApiContextPtr& context);       // buildinfo, format, parse
std::vector<Route> ProcessInfoRoutes(const ApiContextPtr& context);  // of the process itself
std::vector<Route> TsdbRoutes(const ApiContextPtr& context);         // status/tsdb
std::vector<Route> ScrapeRoutes(const ApiContextPtr& context);       // what is empty here

}  // namespace tidemark::server
