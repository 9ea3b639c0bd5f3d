#include "server/http/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(HttpRequest, FindsParametersAndHeaders) {
  HttpRequest request;
  request.params = {{"match[]", "a"}, {"empty", ""}, {"match[]", "b"}};
  request.headers = {{"x-scope-orgid", "team"}};
  EXPECT_EQ(request.Param("match[]"), "a");
  EXPECT_THAT(request.ParamValues("match[]"), testing::ElementsAre("a", "b"));
  EXPECT_TRUE(request.HasParam("empty"));
  EXPECT_FALSE(request.HasParam("absent"));
  EXPECT_EQ(request.Param("absent"), "");
  EXPECT_EQ(request.Header("x-scope-orgid"), "team");
  EXPECT_EQ(request.Header("absent"), "");
}

}  // namespace
}  // namespace tidemark::server
