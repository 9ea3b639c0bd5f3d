#include "server/api/api_for_test.h"

namespace tidemark::server {
namespace {

using tsdb::Labels;

class MetadataRoutesTest : public ApiForTest {
 protected:
  std::string Metadata(Params params) { return Body("/api/v1/metadata", std::move(params)); }
  std::string Exemplars(Params params) {
    return Body("/api/v1/query_exemplars", std::move(params));
  }
  std::string Body(std::string_view pattern, Params params) {
    return Get(MetadataRoutes(context_), pattern, std::move(params)).body;
  }
};

TEST_F(MetadataRoutesTest, WhatSendersSaidOfMetrics) {
  EXPECT_EQ(Metadata({}), R"({"status":"success","data":{}})");
  storage_.metadata["up"] = {tsdb::MetricType::kGauge, "1 if <it> is up.", ""};
  storage_.metadata["b\"total"] = {tsdb::MetricType::kCounter, "", "bytes"};
  EXPECT_EQ(Metadata({}),
            R"({"status":"success","data":{)"
            R"("b\"total":[{"type":"counter","unit":"bytes","help":""}],)"
            R"("up":[{"type":"gauge","unit":"","help":"1 if \u003cit\u003e is up."}]}})");
  EXPECT_EQ(Metadata({{"metric", "up"}, {"limit_per_metric", "1"}}),
            R"({"status":"success","data":{)"
            R"("up":[{"type":"gauge","unit":"","help":"1 if \u003cit\u003e is up."}]}})");
  EXPECT_EQ(Metadata({{"metric", "down"}}), R"({"status":"success","data":{}})");
  EXPECT_EQ(Metadata({{"limit", "0"}}),
            R"({"status":"success","data":{},"warnings":["results truncated due to limit"]})");
  EXPECT_EQ(Metadata({{"limit", "1"}}),
            R"({"status":"success","data":{)"
            R"("b\"total":[{"type":"counter","unit":"bytes","help":""}]},)"
            R"("warnings":["results truncated due to limit"]})");
}

TEST_F(MetadataRoutesTest, LimitsMustBeNumbers) {
  for (const char* name : {"limit", "limit_per_metric"}) {
    EXPECT_EQ(Metadata({{name, "x"}}),
              std::string(R"({"status":"error","errorType":"bad_data","error":")") + name +
                  " must be a number\"}");
  }
}

TEST_F(MetadataRoutesTest, ExemplarsOfEverySelectorOnce) {
  const Labels up = Labels::Must({{"__name__", "up"}, {"job", "api"}});
  const Labels down = Labels::Must({{"__name__", "down"}});
  const Labels trace = Labels::Must({{"trace_id", "abc"}});
  storage_.exemplars = {{down, {{trace, 1, 1000}}}, {up, {{trace, 0.5, 1500}, {{}, 2, 9000}}}};
  EXPECT_EQ(Exemplars({{"query", "rate(up[5m]) + up - up{job=\"db\"}"}}),
            R"({"status":"success","data":[{"seriesLabels":{"__name__":"up","job":"api"},)"
            R"("exemplars":[{"labels":{"trace_id":"abc"},"value":"0.5","timestamp":1.500},)"
            R"({"labels":{},"value":"2","timestamp":9}]}]})");
  EXPECT_EQ(Exemplars({{"query", "up or down"}, {"start", "0.5"}, {"end", "1"}}),
            R"({"status":"success","data":[{"seriesLabels":{"__name__":"down"},)"
            R"("exemplars":[{"labels":{"trace_id":"abc"},"value":"1","timestamp":1}]}]})");
  EXPECT_EQ(Exemplars({{"query", "1 + 1"}}), R"({"status":"success","data":[]})");
}

TEST_F(MetadataRoutesTest, ExemplarsCheckTheirParameters) {
  EXPECT_EQ(Exemplars({{"query", "up"}, {"start", "2"}, {"end", "1"}}),
            R"({"status":"error","errorType":"bad_data","error":)"
            R"("end timestamp must not be before start timestamp"})");
  const HttpResponse parse =
      Get(MetadataRoutes(context_), "/api/v1/query_exemplars", {{"query", "("}});
  EXPECT_EQ(parse.status, 400);
  EXPECT_NE(parse.body.find("parse error"), std::string::npos);
}

TEST_F(MetadataRoutesTest, WhileTheStorageStarts) {
  ready_ = false;
  EXPECT_EQ(Get(MetadataRoutes(context_), "/api/v1/metadata", {}).status, 503);
  EXPECT_EQ(Get(MetadataRoutes(context_), "/api/v1/query_exemplars", {{"query", "up"}}).status,
            503);
}

}  // namespace
}  // namespace tidemark::server
