#include <gmock/gmock.h>

#include "server/api/api_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

class QueryRoutesTest : public ApiForTest {
 protected:
  QueryRoutesTest() {
    result_.value = promql::Vector{};
    context_->execute = [this](const promql::QueryRequest& request,
                               const tsdb::Queryable& queryable,
                               const HttpRequest& http) -> StatusOr<promql::QueryResult> {
      EXPECT_EQ(&queryable, &storage_);
      EXPECT_EQ(http.hung_up, &hung_up_);
      ++executed_;
      request_ = request;
      if (!status_.ok()) return status_;
      return result_;
    };
  }

  HttpResponse Instant(Params params) {
    return Get(QueryRoutes(context_), "/api/v1/query", std::move(params));
  }
  HttpResponse Range(Params params) {
    return Get(QueryRoutes(context_), "/api/v1/query_range", std::move(params));
  }

  static promql::Series OneSeries(const char* job, int64_t t, double v) {
    return {tsdb::Labels::Must({{"job", job}}), {{t, v}}, {}};
  }

  promql::QueryResult result_;
  Status status_;
  promql::QueryRequest request_;  // as executed last
  int executed_ = 0;
};

std::string Error(const char* type, const char* text) {
  return std::string("{\"status\":\"error\",\"errorType\":\"") + type + "\",\"error\":\"" + text +
         "\"}";
}

TEST_F(QueryRoutesTest, AnInstantQueryIsAtItsTimeOrNow) {
  promql::Vector vector;
  vector.series.push_back(OneSeries("api", 1435781451781, 1));
  result_.value = vector;
  const HttpResponse response = Instant({{"query", "up"}, {"time", "1435781451.781"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"success","data":{"resultType":"vector","result":[)"
                           R"({"metric":{"job":"api"},"value":[1435781451.781,"1"]}]}})");
  EXPECT_EQ(request_.expr, "up");
  EXPECT_EQ(request_.tenant, "default");
  EXPECT_EQ(request_.start, 1435781451781);
  EXPECT_EQ(request_.end, 1435781451781);
  EXPECT_EQ(request_.step_ms, 0);
  EXPECT_EQ(request_.timeout_ms, 0);

  Instant({{"query", "up"}, {"whatever", "1"}});
  EXPECT_EQ(request_.start, 1'700'000'000'123);
}

TEST_F(QueryRoutesTest, ARangeQueryHasStepsAndOptions) {
  result_.value = promql::Matrix{};
  const HttpResponse response = Range({{"query", "up"},
                                       {"start", "10"},
                                       {"end", "2015-07-01T20:10:51Z"},
                                       {"step", "1w"},
                                       {"timeout", "5s"},
                                       {"lookback_delta", "1m"}});
  EXPECT_EQ(response.body, R"({"status":"success","data":{"resultType":"matrix","result":[]}})");
  EXPECT_EQ(request_.start, 10'000);
  EXPECT_EQ(request_.end, 1435781451000);
  EXPECT_EQ(request_.step_ms, 604'800'000);
  EXPECT_EQ(request_.timeout_ms, 5000);
  EXPECT_EQ(request_.lookback_delta_ms, 60'000);
}

TEST_F(QueryRoutesTest, BadParametersAreNamedBeforeAnythingRuns) {
  const Params kGood = {{"query", "up"}, {"start", "0"}, {"end", "100"}, {"step", "1"}};
  const struct {
    const char* name;
    const char* value;
    const char* error;
  } kCases[] = {
      {"start", "x", R"(invalid parameter \"start\": cannot parse \"x\" to a valid timestamp)"},
      {"end", "", R"(invalid parameter \"end\": cannot parse \"\" to a valid timestamp)"},
      {"end", "-1", R"(invalid parameter \"end\": end timestamp must not be before start time)"},
      {"step", "x", R"(invalid parameter \"step\": cannot parse \"x\" to a valid duration)"},
      {"step", "0",
       R"(invalid parameter \"step\": zero or negative query resolution step widths are not )"
       R"(accepted. Try a positive integer)"},
      {"step", "-1",
       R"(invalid parameter \"step\": zero or negative query resolution step widths are not )"
       R"(accepted. Try a positive integer)"},
      {"step", "0.009",
       "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
       "resolution (?step=XX)"},
      {"end", "292277025-08-18T07:12:54.999999999Z",
       "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
       "resolution (?step=XX)"},
      {"limit", "-1", R"(invalid parameter \"limit\": limit must be non-negative)"},
      {"timeout", "x", R"(invalid parameter \"timeout\": cannot parse \"x\" to a valid duration)"},
      {"max_source_resolution", "x",
       R"(invalid parameter \"max_source_resolution\": expected auto or a duration like 0s, 1h )"
       R"(or 1d, got \"x\")"},
      {"lookback_delta", "x",
       R"(error parsing lookback delta duration: cannot parse \"x\" to a valid duration)"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.error);
    Params params = {{c.name, c.value}};
    for (const auto& p : kGood) {
      if (p.first != c.name) params.push_back(p);
    }
    const HttpResponse response = Range(params);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, Error("bad_data", c.error));
  }
  EXPECT_EQ(Instant({{"query", "up"}, {"time", "x"}}).body,
            Error("bad_data",
                  R"(invalid parameter \"time\": invalid time value for 'time': cannot parse )"
                  R"(\"x\" to a valid timestamp)"));
  EXPECT_EQ(executed_, 0);

  Params most = kGood;
  most[2].second = "11000.999";
  EXPECT_EQ(Range(most).status, 200);
}

TEST_F(QueryRoutesTest, ErrorsOfTheEngineKeepTheirKind) {
  const struct {
    Status status;
    int http;
    std::string body;
  } kCases[] = {
      {InvalidArgument("1:3: parse error: unexpected end of input"), 400,
       Error("bad_data",
             R"(invalid parameter \"query\": 1:3: parse error: unexpected end of input)")},
      {FailedPrecondition("many-to-many matching not allowed"), 422,
       Error("execution", "many-to-many matching not allowed")},
      {DeadlineExceeded("query timed out in expression evaluation"), 503,
       Error("timeout", "query timed out in expression evaluation")},
      {Cancelled("query was canceled in expression evaluation"), 503,
       Error("canceled", "query was canceled in expression evaluation")},
      {DataLoss("a block cannot be read"), 500, Error("internal", "a block cannot be read")},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.body);
    status_ = c.status;
    const HttpResponse response = Instant({{"query", "up"}});
    EXPECT_EQ(response.status, c.http);
    EXPECT_EQ(response.body, c.body);
  }
}

TEST_F(QueryRoutesTest, ResolutionsAreOfTheTiers) {
  const struct {
    const char* resolution;
    promql::TierUse tiers;
  } kCases[] = {
      {"", promql::TierUse::kDay},   {"auto", promql::TierUse::kDay}, {"0s", promql::TierUse::kRaw},
      {"5m", promql::TierUse::kRaw}, {"1h", promql::TierUse::kHour},  {"1d", promql::TierUse::kDay},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.resolution);
    Instant({{"query", "up"}, {"max_source_resolution", c.resolution}});
    EXPECT_EQ(request_.tiers, c.tiers);
  }
}

TEST_F(QueryRoutesTest, ATimeoutOfNothingIsOver) {
  const HttpResponse response = Instant({{"query", "up"}, {"timeout", "0"}});
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("\"errorType\":\"timeout\""));
  EXPECT_EQ(executed_, 0);
}

TEST_F(QueryRoutesTest, LimitKeepsTheFirstSeriesAndSaysSo) {
  promql::Vector vector;
  for (const char* job : {"a", "b", "c"}) vector.series.push_back(OneSeries(job, 0, 1));
  result_.value = vector;
  EXPECT_EQ(Instant({{"query", "up"}, {"limit", "2"}}).body,
            R"({"status":"success","data":{"resultType":"vector","result":[)"
            R"({"metric":{"job":"a"},"value":[0,"1"]},{"metric":{"job":"b"},"value":[0,"1"]}]},)"
            R"("warnings":["results truncated due to limit"]})");
  for (const char* enough : {"0", "3", "4"}) {
    EXPECT_THAT(Instant({{"query", "up"}, {"limit", enough}}).body,
                testing::Not(HasSubstr("warnings")));
  }
  promql::Matrix matrix{vector.series};
  result_.value = matrix;
  EXPECT_THAT(Instant({{"query", "up"}, {"limit", "1"}}).body, HasSubstr("truncated"));
  result_.value = promql::Scalar{0, 1};
  EXPECT_EQ(Instant({{"query", "1"}, {"limit", "1"}}).body,
            R"({"status":"success","data":{"resultType":"scalar","result":[0,"1"]}})");
}

TEST_F(QueryRoutesTest, AnnotationsCarryTheirPositions) {
  result_.annotations.AddWarning("PromQL warning: w", {0, 2});
  result_.annotations.AddInfo("PromQL info: i", {3, 5});
  EXPECT_EQ(Instant({{"query", "up+up"}}).body,
            R"({"status":"success","data":{"resultType":"vector","result":[]},)"
            R"j("warnings":["PromQL warning: w (1:1)"],"infos":["PromQL info: i (1:4)"]})j");
}

TEST_F(QueryRoutesTest, StatisticsWhenAskedFor) {
  result_.stats.total_samples = 17;
  result_.stats.peak_samples = 5;
  EXPECT_THAT(Instant({{"query", "up"}, {"stats", "all"}}).body,
              HasSubstr(R"("result":[],"stats":{"timings":{"evalTotalTime":0,)"));
  EXPECT_TRUE(request_.per_step_stats);
  EXPECT_THAT(Instant({{"query", "up"}, {"stats", "true"}}).body,
              HasSubstr(R"("totalQueryableSamples":17,"samplesRead":0,"peakSamples":5}}}})"));
  EXPECT_FALSE(request_.per_step_stats);
  EXPECT_THAT(Instant({{"query", "up"}, {"stats", "yes"}}).body,
              HasSubstr(R"("warnings":["value \"yes\" for parameter \"stats\" is deprecated)"));
}

TEST_F(QueryRoutesTest, APlanIsExplained) {
  auto plan = std::make_shared<promql::PlanNode>();
  plan->operation = "instant selector";
  plan->expr = "up";
  plan->source = "raw";
  result_.plan = plan;
  const auto explain = [this](Params params) {
    return Get(QueryRoutes(context_), "/api/v1/query_explain", std::move(params)).body;
  };
  EXPECT_THAT(explain({{"query", "up"}}),
              HasSubstr(R"("data":{"plan":{"operation":"instant selector","expr":"up",)"
                        R"("source":"raw","steps":0,)"));
  EXPECT_EQ(request_.explain, promql::Explain::kPlan);
  EXPECT_THAT(
      explain(
          {{"query", "up"}, {"start", "0"}, {"end", "60"}, {"step", "60"}, {"analyze", "true"}}),
      HasSubstr(R"("planText":"instant selector up from raw: 0 steps,)"));
  EXPECT_EQ(request_.explain, promql::Explain::kAnalyze);
  EXPECT_EQ(request_.end, 60'000);
  EXPECT_THAT(Instant({{"query", "up"}, {"explain", "1"}}).body,
              HasSubstr(R"("result":[],"plan":{"operation":)"));
}

TEST_F(QueryRoutesTest, AnswersAreNotWrittenForNobody) {
  promql::Matrix matrix;
  matrix.series.resize(3);
  result_.value = matrix;
  hung_up_.Cancel();
  const HttpResponse response = Instant({{"query", "up"}});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, Error("canceled", "query was canceled in writing its answer"));
}

TEST_F(QueryRoutesTest, WhileTheStorageStartsNothingIsAsked) {
  ready_ = false;
  const HttpResponse response = Instant({{"query", "up"}});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, Error("unavailable", "starting: replaying the journal"));
  EXPECT_EQ(executed_, 0);
}

TEST_F(QueryRoutesTest, TheTenantComesFromTheRequest) {
  context_->options.tenant = [](const HttpRequest& http) -> StatusOr<std::string> {
    if (!http.HasParam("tenant")) return InvalidArgument("no tenant");
    return std::string(http.Param("tenant"));
  };
  EXPECT_EQ(Instant({{"query", "up"}}).body, Error("bad_data", "no tenant"));
  EXPECT_EQ(Instant({{"query", "up"}, {"tenant", "payments"}}).status, 200);
  EXPECT_EQ(request_.tenant, "payments");
}

}  // namespace
}  // namespace tidemark::server
