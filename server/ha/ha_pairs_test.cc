#include "server/ha/ha_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/ingest/ingest_for_test.h"
#include "server/ingest/request_v2_for_test.h"

namespace tidemark::server {
namespace {

class HaPairsTest : public IngestTest {
 protected:
  HaPairsTest() {
    IntakeOptions intake;
    intake.clock = &clock_;
    metrics_ = std::make_unique<Metrics>();
    const auto shared = std::make_shared<Intake>(intake, *metrics_);
    HaOptions ha;
    ha.enabled = true;
    IngestOptions options;
    options.pairs = std::make_shared<HaPairs>(ha, shared, *metrics_);
    routes_ = IngestRoutes(
        options, [this] { return &storage_; }, shared);
  }

  // A request of that replica with one sample at the clock's time; its code.
  int SendAs(const char* replica, double v) {
    proto::WriteRequest request;
    Pairs labels = {{"__name__", "up"}, {"__replica__", replica}, {"cluster", "c"}, {"job", "x"}};
    AddSample(AddSeries(request, labels), clock_.NowMs(), v);
    return Send(request).status;
  }
  // Values of `up` by seconds since the start.
  std::map<int64_t, double> Stored() const {
    std::map<int64_t, double> out;
    for (const auto& [key, v] : storage_.floats) {
      if (key.first == R"({__name__="up", cluster="c", job="x"})") {
        out[(key.second - kNow) / 1000] = v;
      }
    }
    return out;
  }
};

TEST_F(HaPairsTest, OneIsStoredWithoutItsReplicaLabel) {
  EXPECT_EQ(SendAs("a", 1), 204);
  clock_.Advance(1000);
  EXPECT_EQ(SendAs("b", 2), 202);
  EXPECT_EQ(SendAs("a", 3), 204);
  EXPECT_EQ(Stored(), (std::map<int64_t, double>{{0, 1}, {1, 3}}));
  EXPECT_EQ(storage_.series.count(R"({__name__="tidemark_ha_elected", cluster="c", replica="a"})"),
            1u);
  EXPECT_EQ(Metric("tidemark_ha_not_taken_requests_total"), 1);
  EXPECT_EQ(Metric("tidemark_ha_elections_total"), 1);
  EXPECT_GT(Metric("tidemark_ha_held_bytes"), 10);
}

TEST_F(HaPairsTest, AFailoverLeavesNoGapAndNothingTwice) {
  for (int second = 0; second <= 60; second += 5) {
    if (second <= 20) {
      EXPECT_EQ(SendAs("a", 1), 204);
    }
    clock_.Advance(2000);
    EXPECT_EQ(SendAs("b", 2), second < 50 ? 202 : 204) << second;
    clock_.Advance(3000);
  }
  EXPECT_EQ(Stored(), (std::map<int64_t, double>{{0, 1},
                                                 {5, 1},
                                                 {10, 1},
                                                 {15, 1},
                                                 {20, 1},
                                                 {22, 2},
                                                 {27, 2},
                                                 {32, 2},
                                                 {37, 2},
                                                 {42, 2},
                                                 {47, 2},
                                                 {52, 2},
                                                 {57, 2},
                                                 {62, 2}}));
  EXPECT_EQ(SendAs("a", 1), 202);
}

TEST_F(HaPairsTest, WhatCannotBeStoredAtAFailoverComesWithTheNextRequest) {
  EXPECT_EQ(SendAs("a", 1), 204);
  clock_.Advance(10'000);
  EXPECT_EQ(SendAs("b", 2), 202);
  clock_.Advance(25'000);
  storage_.commit_status = Unavailable("the disk is full");
  EXPECT_EQ(SendAs("b", 3), 503);
  storage_.commit_status = OkStatus();
  EXPECT_EQ(SendAs("b", 3), 204);
  EXPECT_EQ(Stored(), (std::map<int64_t, double>{{0, 1}, {10, 2}, {35, 3}}));
}

TEST_F(HaPairsTest, OthersAreTakenAsTheyAre) {
  proto::WriteRequest request;
  AddSample(AddSeries(request, {{"__name__", "up"}, {"cluster", "c"}}), kNow, 1);
  EXPECT_EQ(Send(request).status, 204);
  AddSample(AddSeries(request, {{"__name__", "up"}, {"__replica__", "r"}}), kNow, 1);
  EXPECT_EQ(Send(request).status, 204);
  EXPECT_EQ(storage_.series.count(R"({__name__="up", __replica__="r"})"), 1u);
}

TEST_F(HaPairsTest, SendersOfVersion2AreToldThatAllIsTaken) {
  for (const char* replica : {"a", "b"}) {
    RequestV2 request;
    auto* series = request.Series({{"__name__", "up"}, {"__replica__", replica}, {"cluster", "c"}});
    RequestV2::AddSample(series, kNow, 1);
    const HttpResponse response =
        Post(Encode(request.message),
             {{"content-type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"}});
    EXPECT_EQ(response.status, replica[0] == 'a' ? 204 : 202);
    EXPECT_THAT(response.headers, testing::Contains(std::pair<std::string, std::string>(
                                      "X-Prometheus-Remote-Write-Samples-Written", "1")));
  }
  EXPECT_EQ(storage_.series.count(R"({__name__="up", cluster="c"})"), 1u);
}

}  // namespace
}  // namespace tidemark::server
