#include "server/api/api_context.h"

#include <utility>

#include "server/api/answer.h"

namespace tidemark::server {
namespace {

// Long queries come as forms; Grafana builds match[] lists of many KiB.
constexpr size_t kMaxBodyBytes = 10 << 20;

}  // namespace

StatusOr<Scope> ScopeOf(const ApiContext& context, const HttpRequest& request) {
  Scope scope;
  scope.storage = context.storage();
  if (scope.storage == nullptr) return Unavailable(kStarting);
  ASSIGN_OR_RETURN(scope.tenant, context.options.tenant(request));
  return scope;
}

Route ApiRoute(const ApiContextPtr& context, std::string pattern, ApiHandler handler) {
  Route route;
  route.methods = {"GET", "POST"};
  route.pattern = std::move(pattern);
  route.lane = Lane::kQuery;
  route.max_body_bytes = kMaxBodyBytes;
  route.handler = [context, handler = std::move(handler)](const HttpRequest& request,
                                                          HttpResponse& response) {
    StatusOr<HttpResponse> answer = handler(*context, request);
    response = answer.ok() ? *std::move(answer) : ErrorAnswer(answer.status());
  };
  return route;
}

}  // namespace tidemark::server
