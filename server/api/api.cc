#include "server/api/api.h"

#include <iterator>
#include <limits>
#include <utility>

#include "server/api/api_context.h"

namespace tidemark::server {
std::vector<Route> ApiRoutes(ApiOptions options, const promql::Engine& engine,
                             StorageSource storage) {
  const Clock& clock = *options.clock;
  auto context = std::make_shared<ApiContext>();
  context->options = std::move(options);
  context->parser = engine.options().parser;
  context->storage = std::move(storage);
  context->execute = [&engine, &clock](const promql::QueryRequest& request,
                                       const tsdb::Queryable& queryable, const HttpRequest& http) {
    Cancellation cancellation(*http.hung_up, clock, std::numeric_limits<int64_t>::max());
    return engine.Execute(request, queryable, cancellation);
  };

  std::vector<Route> routes = QueryRoutes(context);
  for (auto&& more : {SeriesRoutes(context), MetadataRoutes(context), StatusRoutes(context),
                      ProcessInfoRoutes(context), TsdbRoutes(context), ScrapeRoutes(context)}) {
    routes.insert(routes.end(), more.begin(), more.end());
  }
  return routes;
}

}  // namespace tidemark::server
