#include <nlohmann/json.hpp>

#include "server/api/api_for_test.h"

namespace tidemark::server {
namespace {

class TsdbRoutesTest : public ApiForTest {
 protected:
  void Add(std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
    std::vector<tsdb::LabelView> views;
    for (const auto& [name, value] : labels) views.push_back({name, value});
    const std::vector<tsdb::Sample> samples = {{clock_.NowMs() - 1000, 1}};
    ASSERT_TRUE(storage_.memory.Add(tsdb::Labels::FromSortedViews(views), samples).ok());
  }
  nlohmann::json Ask(Params params = {}) {
    return nlohmann::json::parse(
        Get(TsdbRoutes(context_), "/api/v1/status/tsdb", std::move(params)).body);
  }
};

TEST_F(TsdbRoutesTest, CountsSeriesValuesAndPairs) {
  Add({{"__name__", "requests_total"}, {"instance", "a"}, {"job", "api"}});
  Add({{"__name__", "requests_total"}, {"instance", "bcd"}, {"job", "api"}});
  Add({{"__name__", "up"}, {"instance", "a"}, {"job", "api"}});
  const nlohmann::json data = Ask()["data"];
  EXPECT_EQ(data["headStats"]["numSeries"], 3);
  EXPECT_EQ(data["headStats"]["numLabelPairs"], 5);
  const auto list = [](std::initializer_list<std::pair<const char*, int>> entries) {
    nlohmann::json out = nlohmann::json::array();
    for (const auto& [name, value] : entries) out.push_back({{"name", name}, {"value", value}});
    return out;
  };
  EXPECT_EQ(data["seriesCountByMetricName"], list({{"requests_total", 2}, {"up", 1}}));
  EXPECT_EQ(data["labelValueCountByLabelName"],
            list({{"__name__", 2}, {"instance", 2}, {"job", 1}}));
  EXPECT_EQ(data["memoryInBytesByLabelName"],
            list({{"__name__", 16}, {"instance", 4}, {"job", 3}}));
  EXPECT_EQ(data["seriesCountByLabelValuePair"], list({{"job=api", 3},
                                                       {"__name__=requests_total", 2},
                                                       {"instance=a", 2},
                                                       {"__name__=up", 1},
                                                       {"instance=bcd", 1}}));
}

TEST_F(TsdbRoutesTest, LimitsEachList) {
  Add({{"__name__", "a"}, {"x", "1"}});
  Add({{"__name__", "b"}, {"x", "1"}});
  const nlohmann::json data = Ask({{"limit", "1"}})["data"];
  for (const char* key : {"seriesCountByMetricName", "labelValueCountByLabelName",
                          "memoryInBytesByLabelName", "seriesCountByLabelValuePair"}) {
    EXPECT_EQ(data[key].size(), 1u) << key;
  }
  for (const char* bad : {"0", "-1", "x", "1.5"}) {
    EXPECT_EQ(Ask({{"limit", bad}})["error"], "limit must be a positive number");
  }
  EXPECT_EQ(Ask({{"limit", "10001"}})["error"], "limit must not exceed 10000");
}

TEST_F(TsdbRoutesTest, IsCancelled) {
  Add({{"__name__", "a"}});
  hung_up_.Cancel();
  EXPECT_EQ(Ask()["errorType"], "canceled");
}

}  // namespace
}  // namespace tidemark::server
