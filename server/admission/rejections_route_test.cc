#include "server/admission/rejections_route.h"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tidemark::server {
namespace {

class RejectionsRouteTest : public testing::Test {
 protected:
  void Refuse(Refusal reason, size_t count) {
    const std::vector<proto::LabelView> labels = {{"__name__", "m"}};
    Refusals refusals;
    refusals.AddForLabel(reason, count, labels, {}, "user_id", false);
    ledger_->Note({"default", "10.0.0.7"}, refusals);
  }
  HttpResponse Get(std::vector<std::pair<std::string, std::string>> params, bool enabled = true) {
    HttpRequest request;
    request.params = std::move(params);
    HttpResponse response;
    RejectionsRoute(enabled, DefaultTenant, ledger_).handler(request, response);
    return response;
  }
  static nlohmann::json Rejections(const HttpResponse& response) {
    return nlohmann::json::parse(response.body)["data"]["rejections"];
  }

  FakeClock clock_{1'700'000'000'000};
  const std::shared_ptr<Ledger> ledger_ = std::make_shared<Ledger>(clock_);
};

TEST_F(RejectionsRouteTest, TellsTheLargestFirst) {
  Refuse(Refusal::kLabelNotAllowed, 2);
  Refuse(Refusal::kCardNumber, 5);
  const nlohmann::json all = Rejections(Get({}));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]["reason"], "card_number");
  EXPECT_EQ(all[0]["count"], 5);
  EXPECT_EQ(all[1]["reason"], "label_not_allowed");
  EXPECT_EQ(all[1]["sender"], "10.0.0.7");
  EXPECT_EQ(all[1]["mode"], "reject");
  EXPECT_EQ(all[1]["metric"], "m");
  EXPECT_EQ(all[1]["label"], "user_id");
  EXPECT_EQ(all[1]["first"], 1'700'000'000);
  EXPECT_EQ(Rejections(Get({{"limit", "1"}})).size(), 1u);
  EXPECT_EQ(Rejections(Get({{"reason", "label_not_allowed"}}))[0]["count"], 2);
}

TEST_F(RejectionsRouteTest, RefusesWhatItMust) {
  EXPECT_EQ(Get({{"limit", "all"}}).status, 400);
  EXPECT_EQ(Get({}, false).status, 503);
}

}  // namespace
}  // namespace tidemark::server
