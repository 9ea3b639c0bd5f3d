// The API with the real engine over series in memory.
#include "server/api/api.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "server/api/api_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using tsdb::Labels;

class ApiTest : public ApiForTest {
 protected:
  ApiTest() {
    ApiOptions options;
    options.clock = &clock_;
    routes_ = ApiRoutes(options, engine_, [this] { return &storage_; });
    for (int64_t i = 0; i <= 10; ++i) {
      Add("api", i * 15'000, static_cast<double>(i) * 30);
      Add("db", i * 15'000, 7);
    }
  }

  void Add(std::string_view job, int64_t t, double v) {
    const Labels labels = Labels::Must({{"__name__", "requests_total"}, {"job", job}});
    ASSERT_TRUE(storage_.memory.Add(labels, {{t, v}}).ok());
  }

  HttpResponse Query(Params params) { return Get(routes_, "/api/v1/query", std::move(params)); }

  promql::Engine engine_{promql::EngineOptions{}};
  std::vector<Route> routes_;
};

TEST_F(ApiTest, EveryPathIsRoutedOnce) {
  std::set<std::string> patterns;
  for (const Route& route : routes_) EXPECT_TRUE(patterns.insert(route.pattern).second);
  for (const char* path :
       {"query", "query_range", "labels", "label/{name}/values", "series", "format_query",
        "parse_query", "query_exemplars", "metadata", "rules", "alerts", "status/buildinfo"}) {
    EXPECT_EQ(patterns.count(std::string("/api/v1/") + path), 1u) << path;
  }
}

TEST_F(ApiTest, InstantQuery) {
  EXPECT_EQ(Query({{"query", "irate(requests_total{job=\"api\"}[1m])"}, {"time", "150"}}).body,
            R"({"status":"success","data":{"resultType":"vector","result":[)"
            R"({"metric":{"job":"api"},"value":[150,"2"]}]}})");
  EXPECT_EQ(Query({{"query", "1e21"}, {"time", "1.5"}}).body,
            R"({"status":"success","data":{"resultType":"scalar",)"
            R"("result":[1.500,"1000000000000000000000"]}})");
  EXPECT_EQ(Query({{"query", "nothing"}}).body,
            R"({"status":"success","data":{"resultType":"vector","result":[]}})");
}

TEST_F(ApiTest, RangeQuery) {
  EXPECT_EQ(Get(routes_, "/api/v1/query_range",
                {{"query", "sum(requests_total)"}, {"start", "0"}, {"end", "30"}, {"step", "15"}})
                .body,
            R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},)"
            R"("values":[[0,"7"],[15,"37"],[30,"67"]]}]}})");
}

TEST_F(ApiTest, MatrixOfAnInstantQuery) {
  EXPECT_EQ(Query({{"query", "requests_total{job=\"db\"}[30s]"}, {"time", "30"}}).body,
            R"({"status":"success","data":{"resultType":"matrix","result":[)"
            R"({"metric":{"__name__":"requests_total","job":"db"},)"
            R"("values":[[15,"7"],[30,"7"]]}]}})");
}

TEST_F(ApiTest, WhatTheExpressionGotWrong) {
  const HttpResponse parse = Query({{"query", "sum("}});
  EXPECT_EQ(parse.status, 400);
  EXPECT_THAT(parse.body, HasSubstr("\"errorType\":\"bad_data\",\"error\":\"invalid parameter "
                                    "\\\"query\\\": 1:5: parse error: "));
  const HttpResponse empty = Query({});
  EXPECT_EQ(empty.status, 400);
  EXPECT_THAT(empty.body, HasSubstr("no expression found in input"));
  const HttpResponse range =
      Get(routes_, "/api/v1/query_range",
          {{"query", "requests_total[1m]"}, {"start", "0"}, {"end", "30"}, {"step", "15"}});
  EXPECT_EQ(range.status, 400);
  EXPECT_THAT(range.body,
              HasSubstr("invalid expression type \\\"range vector\\\" for range query"));
  const HttpResponse matching =
      Query({{"query", "requests_total * on() requests_total"}, {"time", "30"}});
  EXPECT_EQ(matching.status, 422);
  EXPECT_THAT(matching.body, HasSubstr("\"errorType\":\"execution\""));
}

TEST_F(ApiTest, AnnotationsReachTheClient) {
  const auto json =
      nlohmann::json::parse(Query({{"query", "quantile(2, requests_total)"}, {"time", "30"}}).body);
  ASSERT_EQ(json["warnings"].size(), 1u) << json;
  EXPECT_THAT(json["warnings"][0].get<std::string>(), HasSubstr("(1:"));
}

TEST_F(ApiTest, AClientThatHangsUpCancelsItsQuery) {
  hung_up_.Cancel();
  const HttpResponse response = Query({{"query", "sum(requests_total)"}, {"time", "30"}});
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("\"errorType\":\"canceled\""));
}

}  // namespace
}  // namespace tidemark::server
