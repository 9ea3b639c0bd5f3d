#include "server/process_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/fake_storage_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

HttpResponse Call(const Route& route) {
  HttpResponse response;
  route.handler(HttpRequest(), response);
  return response;
}

TEST(HealthRoutes, AreAliveBeforeTheyAreReady) {
  Status ready = Unavailable("starting: replaying the journal");
  const std::vector<Route> routes = HealthRoutes([&ready] { return ready; });
  ASSERT_EQ(routes.size(), 2u);
  for (const Route& route : routes) EXPECT_EQ(route.lane, Lane::kControl);
  EXPECT_EQ(Call(routes[0]).body, "Tidemark is Healthy.\n");
  EXPECT_EQ(Call(routes[1]).status, 503);
  EXPECT_THAT(Call(routes[1]).body, HasSubstr("starting: replaying the journal"));
  ready = OkStatus();
  EXPECT_EQ(Call(routes[1]).status, 200);
  EXPECT_EQ(Call(routes[1]).body, "Tidemark is Ready.\n");
}

TEST(FlushRoute, FlushesOnlyWhereItMay) {
  FakeStorageState state;
  FakeStorage storage(state);
  struct Case {
    bool enabled;
    tsdb::Storage* storage;
    Status result;
    int status;
    std::string_view body;
  };
  const Case cases[] = {
      {false, &storage, OkStatus(), 503, "admin APIs disabled"},
      {true, nullptr, OkStatus(), 503, "starting"},
      {true, &storage, OkStatus(), 200, R"({"status":"success"})"},
      {true, &storage, DataLoss("disk is broken"), 500, R"("error":"disk is broken")"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.body);
    state.flush_result = c.result;
    const HttpResponse response = Call(FlushRoute(c.enabled, [&c] { return c.storage; }));
    EXPECT_EQ(response.status, c.status);
    EXPECT_THAT(response.body, HasSubstr(std::string(c.body)));
  }
  EXPECT_EQ(state.flushed, 2);
}

TEST(IndexRoute, ListsWhatThereIs) {
  std::vector<Route> routes;
  routes.push_back({{"GET", "POST"}, "/api/v1/query", Lane::kQuery, nullptr});
  routes.push_back({{"GET"}, "/api/v1/label/{name}/values", Lane::kQuery, nullptr});
  routes.push_back({{"POST"}, "/api/v1/write", Lane::kWrite, nullptr});
  const HttpResponse page = Call(IndexRoute(routes));
  EXPECT_THAT(page.content_type, HasSubstr("text/html"));
  EXPECT_THAT(page.body, HasSubstr("GET, POST <a href=\"api/v1/query\">/api/v1/query</a>"));
  EXPECT_THAT(page.body, HasSubstr("GET /api/v1/label/{name}/values<"));
  EXPECT_THAT(page.body, HasSubstr("POST /api/v1/write<"));
}

}  // namespace
}  // namespace tidemark::server
