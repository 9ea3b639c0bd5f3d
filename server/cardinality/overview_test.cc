#include "server/cardinality/overview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/fake_storage_for_test.h"
#include "server/temp_folder_for_test.h"
#include "tsdb/storage.h"

namespace tidemark::server {
namespace {

constexpr int64_t kNow = 1'767'225'600'000;  // 2026-01-01

// A storage with a budget of four series, and six series sent to it.
class OverviewTest : public testing::Test {
 protected:
  using Params = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override {
    auto config = ParseBudgets(
        "default: { series: { hard: 4 }, labels: [ { name: job, soft: 5 } ] }", "b.yml");
    ASSERT_TRUE(config.ok()) << config.status();
    budget_ = std::make_shared<Budget>(*std::move(config));
    tsdb::StorageOptions storage;
    storage.path = folder_.Path("data");
    storage.clock = &clock_;
    storage.min_free_disk = 0;
    storage.series_gate = budget_;
    auto opened = tsdb::Storage::Open(storage, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
    const auto app = storage_->NewAppender("default");
    for (int i = 0; i < 6; ++i) {
      const auto labels = tsdb::Labels::Must({{"__name__", i < 1 ? "down" : "up"},
                                              {"instance", std::to_string(i)},
                                              {"job", i % 2 == 0 ? "a" : "b"}});
      const auto series = app->GetSeries(labels);
      ASSERT_TRUE(series.ok()) << series.status();
      ASSERT_TRUE(app->Append(*series, tsdb::Sample{kNow, 1}).ok());
    }
    const auto report = app->Commit();
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_EQ(report->refused.size(), 2u);
  }

  std::string Get(Params params) {
    HttpRequest request;
    request.params = std::move(params);
    HttpResponse response;
    OverviewRoute(
        DefaultTenant, [this] { return storage_.get(); }, budget_)
        .handler(request, response);
    return response.body;
  }

  TempFolder folder_;
  FakeClock clock_{kNow};
  Metrics metrics_;
  std::shared_ptr<Budget> budget_;
  std::unique_ptr<tsdb::Storage> storage_;
};

TEST_F(OverviewTest, TellsSeriesLabelsAndBudget) {
  const std::string body = Get({{"limit", "2"}});
  // Which four of six were first depends on the shards.
  EXPECT_THAT(body, testing::StartsWith(
                        R"({"status":"success","data":{"activeSeries":4,"matchingSeries":4,)"
                        R"("metrics":[{"name":"up","series":)"));
  EXPECT_THAT(body, testing::HasSubstr(R"("labels":[{"name":"instance","values":4,"series":4},)"));
  EXPECT_THAT(
      body,
      testing::HasSubstr(
          R"("budget":[{"limit":"tenant","label":"","metrics":"","used":4,"soft":0,)"
          R"("hard":4,"reserve":0,"usedRatio":1,"growthLastHour":4},{"limit":"label","label":"job",)"));
  EXPECT_THAT(body, testing::Not(testing::HasSubstr("focus")));
}

TEST_F(OverviewTest, FocusesAndMatches) {
  EXPECT_THAT(Get({{"match[]", "none"}, {"focus", "job"}}),
              testing::HasSubstr(R"("activeSeries":4,"matchingSeries":0,"metrics":[],)"
                                 R"("focus":{"name":"job","values":0,"series":0,"top":[]},)"
                                 R"("labels":[],)"));
  EXPECT_THAT(Get({{"match[]", "up"}, {"focus", "__name__"}}),
              testing::HasSubstr(R"("focus":{"name":"__name__","values":1,)"));
}

TEST(OverviewForecast, GoesOnAsInTheLastHour) {
  FakeClock clock{kNow};
  auto config = ParseBudgets("default: { series: { hard: 10, reserve: 1 } }", "b.yml");
  ASSERT_TRUE(config.ok()) << config.status();
  const auto budget = std::make_shared<Budget>(*std::move(config), clock);
  const auto series = [](int i) {
    return tsdb::Labels::Must({{"__name__", "up"}, {"i", std::to_string(i)}});
  };
  for (int i = 0; i < 3; ++i) budget->Note("default", series(i));
  clock.Advance(2 * 3'600'000);
  EXPECT_EQ(budget->Usage("default")[0].growth, 0);
  for (int i = 3; i < 5; ++i) ASSERT_TRUE(budget->Admit("default", series(i)).ok());
  EXPECT_EQ(budget->Usage("default")[0].growth, 2);

  FakeStorageState state;
  FakeStorage storage(state);
  HttpResponse response;
  OverviewRoute(
      DefaultTenant, [&storage] { return &storage; }, budget)
      .handler(HttpRequest(), response);
  // Four more until the reserve, at two an hour.
  EXPECT_THAT(response.body, testing::HasSubstr(R"("growthLastHour":2,"exhaustedInSeconds":7200)"));
}

TEST_F(OverviewTest, SaysWhatIsWrong) {
  for (const char* bad : {"-1", "x", "501"}) {
    EXPECT_THAT(Get({{"limit", bad}}), testing::HasSubstr("limit must be a number from 0 to 500"));
  }
  EXPECT_THAT(Get({{"match[]", "a"}, {"match[]", "b"}}), testing::HasSubstr("only one match[]"));
  EXPECT_THAT(Get({{"match[]", "{"}}), testing::HasSubstr("bad_data"));
}

}  // namespace
}  // namespace tidemark::server
