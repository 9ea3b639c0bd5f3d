#include "server/api/api_for_test.h"
#include "server/api/params.h"

namespace tidemark::server {
namespace {

using tsdb::Labels;

class SeriesRoutesTest : public ApiForTest {
 protected:
  SeriesRoutesTest() {
    Add({{"__name__", "up"}, {"job", "api"}, {"region", "eu"}}, 10'000);
    Add({{"__name__", "up"}, {"job", "db"}}, 20'000);
    Add({{"__name__", "http.requests"}, {"code>", "<200>"}, {"job", "api"}}, 20'000);
  }

  void Add(std::initializer_list<std::pair<std::string_view, std::string_view>> labels, int64_t t) {
    ASSERT_TRUE(storage_.memory.Add(Labels::Must(labels), {{t, 1.0}}).ok());
  }

  std::string Labels_(Params params) { return Body("/api/v1/labels", std::move(params)); }
  std::string Series(Params params) { return Body("/api/v1/series", std::move(params)); }
  std::string Values(std::string name, Params params) {
    return Get(SeriesRoutes(context_), "/api/v1/label/{name}/values", std::move(params),
               {{"name", std::move(name)}})
        .body;
  }
  std::string Body(std::string_view pattern, Params params) {
    return Get(SeriesRoutes(context_), pattern, std::move(params)).body;
  }
};

TEST_F(SeriesRoutesTest, LabelNames) {
  EXPECT_EQ(Labels_({}), R"({"status":"success","data":["__name__","code\u003e","job","region"]})");
  EXPECT_EQ(storage_.mint, kMinTimeMs);
  EXPECT_EQ(storage_.maxt, kMaxTimeMs);
  EXPECT_EQ(storage_.tenant, "default");
  EXPECT_EQ(Labels_({{"match[]", "up{region=\"eu\"}"}}),
            R"({"status":"success","data":["__name__","job","region"]})");
  EXPECT_EQ(Labels_({{"match[]", "up{job=\"db\"}"}, {"match[]", "{__name__=\"http.requests\"}"}}),
            R"({"status":"success","data":["__name__","code\u003e","job"]})");
  EXPECT_EQ(Labels_({{"start", "15"}, {"end", "30"}}),
            R"({"status":"success","data":["__name__","code\u003e","job"]})");
  EXPECT_EQ(Labels_({{"limit", "2"}}), R"({"status":"success","data":["__name__","code\u003e"],)"
                                       R"("warnings":["results truncated due to limit"]})");
  EXPECT_EQ(Labels_({{"limit", "4"}}),
            R"({"status":"success","data":["__name__","code\u003e","job","region"]})");
  EXPECT_EQ(Labels_({{"match[]", "down"}}), R"({"status":"success","data":[]})");
}

TEST_F(SeriesRoutesTest, LabelValues) {
  EXPECT_EQ(Values("job", {}), R"({"status":"success","data":["api","db"]})");
  EXPECT_EQ(Values("U__code_3e_", {}), R"({"status":"success","data":["\u003c200\u003e"]})");
  EXPECT_EQ(Values("code>", {}), R"({"status":"success","data":["\u003c200\u003e"]})");
  EXPECT_EQ(Values("none", {}), R"({"status":"success","data":[]})");
  EXPECT_EQ(Values("job", {{"match[]", "up{region=\"eu\"}"}, {"match[]", "{job=\"db\"}"}}),
            R"({"status":"success","data":["api","db"]})");
  EXPECT_EQ(Values("job", {{"limit", "1"}}),
            R"({"status":"success","data":["api"],"warnings":["results truncated due to limit"]})");
  EXPECT_EQ(Values("U__", {}),
            R"({"status":"error","errorType":"bad_data","error":"invalid label name: \"\""})");
  EXPECT_EQ(Values("a\xff", {}), R"({"status":"error","errorType":"bad_data",)"
                                 R"("error":"invalid label name: \"a\\xff\""})");
}

TEST_F(SeriesRoutesTest, SeriesOfAllMatchersOnce) {
  EXPECT_EQ(Series({{"match[]", "up"}, {"match[]", "{job=\"api\"}"}}),
            R"({"status":"success","data":[)"
            R"({"__name__":"http.requests","code>":"<200>","job":"api"},)"
            R"({"__name__":"up","job":"api","region":"eu"},{"__name__":"up","job":"db"}]})");
  EXPECT_EQ(Series({{"match[]", "up"}, {"limit", "1"}}),
            R"({"status":"success","data":[{"__name__":"up","job":"api","region":"eu"}],)"
            R"("warnings":["results truncated due to limit"]})");
  EXPECT_EQ(Series({{"match[]", "up"}, {"end", "10"}}),
            R"({"status":"success","data":[{"__name__":"up","job":"api","region":"eu"}]})");
  EXPECT_EQ(Series({{"match[]", "down"}}), R"({"status":"success","data":[]})");
}

TEST_F(SeriesRoutesTest, BadParameters) {
  EXPECT_EQ(Series({}),
            R"({"status":"error","errorType":"bad_data","error":"no match[] parameter provided"})");
  EXPECT_EQ(Series({{"match[]", "{job=~\".*\"}"}}),
            R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"match[]\": )"
            R"(match[] must contain at least one non-empty matcher"})");
  EXPECT_EQ(Labels_({{"match[]", "{}"}}),
            R"({"status":"error","errorType":"bad_data","error":)"
            R"("match[] must contain at least one non-empty matcher"})");
  EXPECT_EQ(Labels_({{"start", "x"}}),
            R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"start\": )"
            R"(invalid time value for 'start': cannot parse \"x\" to a valid timestamp"})");
  EXPECT_EQ(Values("job", {{"limit", "x"}}),
            R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"limit\": )"
            R"(strconv.Atoi: parsing \"x\": invalid syntax"})");
}

TEST_F(SeriesRoutesTest, AClientThatHungUpGetsNoSeries) {
  hung_up_.Cancel();
  const HttpResponse response = Get(SeriesRoutes(context_), "/api/v1/series", {{"match[]", "up"}});
  EXPECT_EQ(response.status, 503);
}

TEST_F(SeriesRoutesTest, WhileTheStorageStarts) {
  ready_ = false;
  const char* const kStartingBody =
      R"({"status":"error","errorType":"unavailable","error":"starting: replaying the journal"})";
  EXPECT_EQ(Labels_({}), kStartingBody);
  EXPECT_EQ(Values("job", {}), kStartingBody);
  EXPECT_EQ(Series({{"match[]", "up"}}), kStartingBody);
}

}  // namespace
}  // namespace tidemark::server
