#include "server/snapshot_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/fake_storage_for_test.h"

namespace tidemark::server {
namespace {

TEST(SnapshotRoute, AnswersWithTheName) {
  FakeStorageState state;
  FakeStorage storage(state);
  struct Case {
    bool enabled;
    tsdb::Storage* storage;
    const char* skip_head;
    Status result;
    int status;
    const char* body;
  };
  const Case cases[] = {
      {false, &storage, "", OkStatus(), 503, "admin APIs disabled"},
      {true, nullptr, "", OkStatus(), 503, "starting"},
      {true, &storage, "", OkStatus(), 200,
       R"({"status":"success","data":{"name":"20260131T120000Z-00000000000000ff"}})"},
      {true, &storage, "true", OkStatus(), 200, R"("name":")"},
      {true, &storage, "F", OkStatus(), 200, R"("name":")"},
      {true, &storage, "yes", OkStatus(), 400,
       R"(invalid parameter \"skip_head\": unable to parse boolean: strconv.ParseBool: parsing )"
       R"(\"yes\": invalid syntax)"},
      {true, &storage, "", Unavailable("no snapshot was taken: disk full"), 503, "disk full"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.body);
    state.snapshot_result = c.result;
    const Route route = SnapshotRoute(c.enabled, [&c] { return c.storage; });
    EXPECT_EQ(route.pattern, "/api/v1/admin/tsdb/snapshot");
    HttpRequest request;
    if (*c.skip_head != '\0') request.params = {{"skip_head", c.skip_head}};
    HttpResponse response;
    route.handler(request, response);
    EXPECT_EQ(response.status, c.status);
    EXPECT_THAT(response.body, testing::HasSubstr(c.body));
  }
  EXPECT_EQ(state.snapshots, 4);
}

}  // namespace
}  // namespace tidemark::server
