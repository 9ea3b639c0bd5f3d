#include "server/admission/schema_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "promql/script/memory_storage.h"
#include "server/null_storage_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kNow = 1'700'000'000'000;

class SeriesStorage : public NullStorage {
 public:
  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                      int64_t maxt) const override {
    EXPECT_EQ(maxt, kNow);
    window = maxt - mint;
    return series.NewQuerier(tenant, mint, maxt);
  }
  promql::MemoryStorage series;
  mutable int64_t window = 0;
};

class SchemaRoutesTest : public testing::Test {
 protected:
  SchemaRoutesTest() {
    for (const char* user : {"1", "2", "3"}) Add({{"__name__", "m"}, {"user", user}});
    Add({{"__name__", "m"}, {"job", "a"}});
    Add({{"__name__", "n"}, {"path", "4111111111111111"}});
  }
  void Add(const std::vector<std::pair<std::string_view, std::string_view>>& pairs) {
    std::vector<tsdb::LabelView> views;
    for (const auto& [name, value] : pairs) views.push_back({name, value});
    EXPECT_TRUE(storage_.series.Add(*tsdb::Labels::FromViews(views), {{kNow, 1}}).ok());
  }

  HttpResponse Post(std::string body,
                    std::vector<std::pair<std::string, std::string>> params = {{"dry_run", "1"}}) {
    HttpRequest request;
    request.body = std::move(body);
    request.params = std::move(params);
    HttpResponse response;
    SchemaRoute(
        enabled_, DefaultTenant, [this] { return ready_ ? &storage_ : nullptr; }, clock_)
        .handler(request, response);
    return response;
  }

  FakeClock clock_{kNow};
  SeriesStorage storage_;
  bool enabled_ = true;
  bool ready_ = true;
};

TEST_F(SchemaRoutesTest, TellsWhichSeriesItWouldTouch) {
  const HttpResponse response = Post(
      "version: 3\n"
      "rules:\n"
      "  - {metric: m, mode: reject, allowed_labels: [job]}\n"
      "  - {metric: n, deny_card_numbers: true}\n");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_THAT(response.body, Not(HasSubstr("4111")));
  const nlohmann::json data = nlohmann::json::parse(response.body)["data"];
  EXPECT_EQ(data["version"], 3);
  EXPECT_EQ(data["rules"], 2);
  EXPECT_EQ(data["series"], 5);
  EXPECT_EQ(data["rejected"], 3);
  EXPECT_EQ(data["observed"], 1);
  EXPECT_EQ(data["projected"], 2);
  ASSERT_EQ(data["findings"].size(), 2u);
  EXPECT_EQ(data["findings"][0]["reason"], "label_not_allowed");
  EXPECT_EQ(data["findings"][0]["mode"], "reject");
  EXPECT_EQ(data["findings"][0]["metric"], "m");
  EXPECT_EQ(data["findings"][0]["label"], "user");
  EXPECT_EQ(data["findings"][0]["series"], 3);
  EXPECT_EQ(data["findings"][1]["mode"], "observe");
  EXPECT_EQ(storage_.window, 3'600'000);
}

TEST_F(SchemaRoutesTest, TellsWhatAnAggregationWouldLeave) {
  const HttpResponse response =
      Post("rules: [{metric: m, mode: aggregate, allowed_labels: [job], counters: true}]");
  ASSERT_EQ(response.status, 200) << response.body;
  const nlohmann::json data = nlohmann::json::parse(response.body)["data"];
  EXPECT_EQ(data["aggregated"], 3);
  EXPECT_EQ(data["rejected"], 0);
  EXPECT_EQ(data["projected"], 5 - 3 + data["outputs"].get<int>());
}

TEST_F(SchemaRoutesTest, TakesAWindowAndALimit) {
  const HttpResponse response = Post("rules: [{metric: '.', allowed_labels: []}]",
                                     {{"dry_run", "1"}, {"window", "2h"}, {"limit", "1"}});
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(nlohmann::json::parse(response.body)["data"]["findings"].size(), 1u);
  EXPECT_EQ(storage_.window, 2 * 3'600'000);
}

TEST_F(SchemaRoutesTest, RefusesWhatItMust) {
  EXPECT_EQ(Post("rules: []", {}).status, 422);
  EXPECT_EQ(Post("").status, 400);
  EXPECT_EQ(Post("rules: 5").status, 400);
  EXPECT_EQ(Post("rules: []", {{"dry_run", "1"}, {"window", "long"}}).status, 400);
  ready_ = false;
  EXPECT_EQ(Post("rules: []").status, 503);
  enabled_ = false;
  EXPECT_EQ(Post("rules: []").status, 503);
}

}  // namespace
}  // namespace tidemark::server
