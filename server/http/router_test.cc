#include "server/http/router.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

Route MakeRoute(std::vector<std::string> methods, std::string pattern) {
  Route route;
  route.methods = std::move(methods);
  route.pattern = std::move(pattern);
  return route;
}

TEST(Router, FindsTheRouteAndItsArguments) {
  const Router router({
      MakeRoute({"GET"}, "/"),
      MakeRoute({"GET", "POST"}, "/api/v1/query"),
      MakeRoute({"GET"}, "/api/v1/label/{name}/values"),
      MakeRoute({"GET"}, "/api/v1/label/special/values"),
      MakeRoute({"PUT"}, "/api/v1/{a}/{b}"),
      MakeRoute({"DELETE"}, "/api/v1/{x}/{y}"),
  });
  struct Case {
    std::string_view method, path, pattern, first_arg, allow;
  };
  const Case cases[] = {
      {"GET", "/", "/", "", ""},
      {"HEAD", "/", "/", "", ""},
      {"POST", "/api/v1/query", "/api/v1/query", "", ""},
      {"GET", "/api/v1/%71uery", "/api/v1/query", "", ""},
      {"GET", "/api/v1/query/", "", "", ""},
      {"GET", "/api/v1/label/job/values", "/api/v1/label/{name}/values", "job", ""},
      {"GET", "/api/v1/label/a%2Fb%20c/values", "/api/v1/label/{name}/values", "a/b c", ""},
      {"GET", "/api/v1/label/special/values", "/api/v1/label/special/values", "", ""},
      {"PUT", "/api/v1/label/special", "/api/v1/{a}/{b}", "label", ""},
      {"DELETE", "/api/v1/1/2", "/api/v1/{x}/{y}", "1", ""},
      {"GET", "/api/v1/label//values", "", "", ""},
      {"GET", "/prometheus", "/", "", ""},
      {"GET", "/prometheus/", "/", "", ""},
      {"POST", "/prometheus/api/v1/query", "/api/v1/query", "", ""},
      {"GET", "/prometheus/prometheus/api/v1/query", "", "", ""},
      {"GET", "/prometheusapi/v1/query", "", "", ""},
      {"GET", "/nowhere", "", "", ""},
      {"GET", "/%zz", "", "", ""},
      {"GET", "*", "", "", ""},
      {"GET", "", "", "", ""},
      {"PATCH", "/api/v1/query", "", "", "GET, HEAD, POST"},
      {"DELETE", "/api/v1/query", "", "", "GET, HEAD, POST"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.method) + " " + std::string(c.path));
    const RouteMatch match = router.Find(c.method, c.path);
    EXPECT_EQ(match.route == nullptr ? "" : match.route->pattern, c.pattern);
    EXPECT_EQ(match.path_args.empty() ? "" : match.path_args.begin()->second, c.first_arg);
    EXPECT_EQ(match.allow, c.allow);
  }
}

TEST(RouterDeathTest, TwoRoutesForOneMethodAreABug) {
  EXPECT_DEATH(Router({MakeRoute({"GET"}, "/a/{b}"), MakeRoute({"GET"}, "/a/{c}")}), "two routes");
}

}  // namespace
}  // namespace tidemark::server
