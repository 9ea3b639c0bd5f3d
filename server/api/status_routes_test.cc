#include <nlohmann/json.hpp>

#include "server/api/api_for_test.h"

namespace tidemark::server {
namespace {

class StatusRoutesTest : public ApiForTest {
 protected:
  std::string Body(std::string_view pattern, Params params) {
    return Get(StatusRoutes(context_), pattern, std::move(params)).body;
  }
};

TEST_F(StatusRoutesTest, BuildInfoNamesAVersionThatClientsCompare) {
  ready_ = false;  // asked by health checks
  const auto json = nlohmann::json::parse(Body("/api/v1/status/buildinfo", {}));
  EXPECT_EQ(json["status"], "success");
  EXPECT_EQ(json["data"]["version"], "3.14.0");
  EXPECT_EQ(json["data"]["application"], "Tidemark");
  EXPECT_FALSE(json["data"].contains("features"));
  for (const char* key : {"revision", "branch", "buildUser", "buildDate", "goVersion"}) {
    EXPECT_TRUE(json["data"].contains(key)) << key;
  }
}

TEST_F(StatusRoutesTest, FormatQuery) {
  EXPECT_EQ(Body("/api/v1/format_query", {{"query", "foo/bar"}}),
            R"({"status":"success","data":"foo / bar"})");
  const std::string error = Body("/api/v1/format_query", {{"query", "foo{"}});
  const auto json = nlohmann::json::parse(error);
  EXPECT_EQ(json["errorType"], "bad_data");
  EXPECT_TRUE(json["error"].get<std::string>().starts_with("invalid parameter \"query\": 1:"))
      << error;
}

TEST_F(StatusRoutesTest, ParseQuery) {
  EXPECT_EQ(Body("/api/v1/parse_query", {{"query", "-1"}}),
            R"({"status":"success","data":{"type":"numberLiteral","val":"-1"}})");
  EXPECT_EQ(nlohmann::json::parse(Body("/api/v1/parse_query", {{"query", "foo{"}}))["errorType"],
            "bad_data");
}

}  // namespace
}  // namespace tidemark::server
