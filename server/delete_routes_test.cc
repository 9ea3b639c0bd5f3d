#include "server/delete_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "server/api/params.h"
#include "server/fake_storage_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using Params = std::vector<std::pair<std::string, std::string>>;

class DeleteRoutesTest : public testing::Test {
 protected:
  HttpResponse Call(std::string_view path, Params params) {
    HttpRequest request;
    request.method = "POST";
    request.params = std::move(params);
    request.remote_addr = "192.0.2.7";
    HttpResponse response;
    tsdb::Storage* const storage = ready_ ? &storage_ : nullptr;
    for (const Route& route :
         DeleteRoutes(enabled_, DefaultTenant, [storage] { return storage; })) {
      EXPECT_EQ(route.methods, (std::vector<std::string>{"POST", "PUT"}));
      if (route.pattern.ends_with(path)) route.handler(request, response);
    }
    return response;
  }

  FakeStorageState state_;
  FakeStorage storage_{state_};
  bool enabled_ = true;
  bool ready_ = true;
};

TEST_F(DeleteRoutesTest, DeletesWhatIsNamed) {
  const HttpResponse response = Call("delete_series", {{"match[]", "up{job=\"a\"}"},
                                                       {"match[]", "{__name__=~\"b.+\"}"},
                                                       {"start", "1.5"},
                                                       {"end", "1970-01-01T00:01:00Z"}});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(state_.deleted,
            (std::vector<std::string>{"default job=\"a\" __name__=\"up\" 1500 60000",
                                      "default __name__=~\"b.+\" 1500 60000"}));
}

TEST_F(DeleteRoutesTest, WithoutTimesItIsAllOfThem) {
  EXPECT_EQ(Call("delete_series", {{"match[]", "up"}}).status, 204);
  EXPECT_EQ(state_.deleted,
            (std::vector<std::string>{"default __name__=\"up\" " + std::to_string(kMinTimeMs) +
                                      " " + std::to_string(kMaxTimeMs)}));
}

TEST_F(DeleteRoutesTest, WhatIsWrongIsSaidAndNothingDone) {
  const struct {
    Params params;
    int status;
    const char* text;
  } cases[] = {
      {{}, 400, "no match[] parameter provided"},
      {{{"match[]", "up"}, {"start", "x"}}, 400, "invalid parameter \\\"start\\\""},
      {{{"match[]", "up"}, {"match[]", "{a=\"\"}"}}, 400, "at least one non-empty matcher"},
      {{{"match[]", "up{"}}, 400, "invalid parameter \\\"match[]\\\""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const HttpResponse response = Call("delete_series", c.params);
    EXPECT_EQ(response.status, c.status);
    EXPECT_THAT(response.body, HasSubstr(c.text));
  }
  EXPECT_TRUE(state_.deleted.empty());
}

TEST_F(DeleteRoutesTest, BothNeedTheAdminApiAndAStorage) {
  for (const char* path : {"delete_series", "clean_tombstones"}) {
    SCOPED_TRACE(path);
    enabled_ = false;
    EXPECT_EQ(Call(path, {{"match[]", "up"}}).status, 503);
    EXPECT_THAT(Call(path, {{"match[]", "up"}}).body, HasSubstr("admin APIs disabled"));
    enabled_ = true;
    ready_ = false;
    EXPECT_THAT(Call(path, {{"match[]", "up"}}).body, HasSubstr("starting"));
    ready_ = true;
    EXPECT_EQ(Call(path, {{"match[]", "up"}}).status, 204);
  }
  EXPECT_EQ(state_.cleaned, 1);
  EXPECT_EQ(state_.deleted.size(), 1u);
}

}  // namespace
}  // namespace tidemark::server
