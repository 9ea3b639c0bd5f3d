#include "server/quality/quality_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/temp_folder_for_test.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/storage.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 1'767'225'600'000;  // 2026-01-01

class QualityRouteTest : public testing::Test {
 protected:
  using Params = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override {
    tsdb::StorageOptions storage;
    storage.path = folder_.Path("data");
    storage.clock = &clock_;
    storage.min_free_disk = 0;
    auto opened = tsdb::Storage::Open(storage, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }

  // One a minute, within (from, to].
  void Add(const char* metric, int64_t from, int64_t to, double v = 1) {
    const auto app = storage_->NewAppender("default");
    const auto series = app->GetSeries(tsdb::Labels::Must({{"__name__", metric}, {"job", "a"}}));
    ASSERT_TRUE(series.ok()) << series.status();
    for (int64_t t = from + kMinute; t <= to; t += kMinute) {
      ASSERT_TRUE(app->Append(*series, tsdb::Sample{t, v}).ok());
    }
    ASSERT_TRUE(app->Commit().ok());
  }

  std::string Get(Params params) {
    HttpRequest request;
    request.params = std::move(params);
    request.hung_up = &hung_up_;
    QualityOptions options;
    options.clock = &clock_;
    HttpResponse response;
    QualityRoute(options, [this] { return storage_.get(); }).handler(request, response);
    return response.body;
  }
  void Flush() { ASSERT_TRUE(storage_->Flush().ok()); }

  TempFolder folder_;
  FakeClock clock_{kDay + 12 * kHour};
  Metrics metrics_;
  std::unique_ptr<tsdb::Storage> storage_;
  Cancellation hung_up_;
};

TEST_F(QualityRouteTest, TellsWhatIsMissing) {
  Add("up", kDay, kDay + kHour);
  Add("up", kDay + kHour + 15 * kMinute, kDay + 3 * kHour);
  Flush();
  EXPECT_EQ(Get({{"match[]", "up"}}),
            R"({"status":"success","data":{"complete_until":1767268800,"metrics":[{"metric":"up",)"
            R"("series":1,"expected":180,"found":165,"gap_minutes":15,"resets":0,"nans":0,)"
            R"("negatives":0,"bad_counts":0,"future":0,"completeness":0.9166666666666666}],)"
            R"("gaps":[{"labels":{"__name__":"up","job":"a"},"from":1767229200,"to":1767232800,)"
            R"("minutes":15}],"anomalies":[]}})");
  // Of whole hours only.
  EXPECT_THAT(Get({{"match[]", "up"}, {"start", "1767225600"}, {"end", "1767229200"}}),
              HasSubstr(R"("expected":60,"found":60,)"));
}

TEST_F(QualityRouteTest, DaysAreCompared) {
  Add("up", kDay - 2 * kHour, kDay - kHour);
  Add("up", kDay + kHour, kDay + 2 * kHour);
  Flush();
  EXPECT_THAT(Get({{"match[]", "up"}}),
              HasSubstr(R"("from":1767222000,"to":1767229260,"minutes":120})"));
}

TEST_F(QualityRouteTest, TellsWhatCannotBe) {
  Add("requests_total", kDay, kDay + 5 * kMinute, -1);
  Add("temperature", kDay, kDay + 5 * kMinute, -1);
  Add("ratio", kDay, kDay + 30 * kMinute, std::nan(""));
  Add("early", kDay + 14 * kHour, kDay + 15 * kHour);
  Flush();
  const std::string got = Get({{"match[]", "{job=\"a\"}"}, {"end", "1767312000"}});
  EXPECT_THAT(got,
              HasSubstr(R"("job":"a"},"hour":1767229200,"kind":"negative_counter","samples":5})"));
  EXPECT_THAT(got, HasSubstr(R"("hour":1767229200,"kind":"nan_storm","samples":30})"));
  EXPECT_THAT(got, HasSubstr(R"("hour":1767279600,"kind":"future","samples":60})"));
  EXPECT_THAT(got, HasSubstr(R"("metric":"temperature","series":1,"expected":5,"found":5,)"));
  EXPECT_THAT(got, testing::Not(HasSubstr(R"("temperature","job":"a"},"hour")")));
}

TEST_F(QualityRouteTest, WhatIsNotAggregatedIsNotComplete) {
  Add("up", kDay, kDay + kHour);
  Flush();
  Add("up", kDay + kHour, kDay + 2 * kHour);
  EXPECT_THAT(Get({{"match[]", "up"}}), HasSubstr(R"("complete_until":1767229259.999,)"));
}

TEST_F(QualityRouteTest, RefusesWhatItCannotRead) {
  EXPECT_THAT(Get({}), HasSubstr("no match[] parameter provided"));
  EXPECT_THAT(Get({{"match[]", "up{"}}), HasSubstr("bad_data"));
  EXPECT_THAT(Get({{"match[]", "up"}, {"start", "5"}, {"end", "1"}}), HasSubstr("bad_data"));
  EXPECT_THAT(Get({{"match[]", "none"}, {"end", "1767312000"}}),
              HasSubstr(R"("complete_until":1767268800,"metrics":[],"gaps":[])"));
}

}  // namespace
}  // namespace tidemark::server
