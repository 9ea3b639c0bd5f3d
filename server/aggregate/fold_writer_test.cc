// A FoldWriter over a real storage: what is acknowledged is there once, whatever dies.
#include "server/aggregate/fold_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "server/aggregate/increase.h"
#include "server/temp_folder_for_test.h"
#include "tsdb/model/matcher.h"
#include "tsdb/series_gate.h"
#include "tsdb/store/fault.h"

namespace tidemark::server {
namespace {

using tsdb::Labels;

constexpr int64_t kGrid = 15'000;
constexpr int64_t kStart = 1'700'000'000'000 / kGrid * kGrid;

Labels Input(int user) {
  return Labels::Must({{"__name__", "x_total"}, {"job", "api"}, {"user_id", std::to_string(user)}});
}

class FoldWriterTest : public ::testing::Test {
 protected:
  FoldWriterTest() {
    auto fold = std::make_shared<Fold>();
    fold->dropped = {"user_id"};
    fold_ = fold;
    options_.path = folder_.Path("data");
    options_.raw_retention_ms = 0;
    options_.min_free_disk = 0;
    options_.memory_bytes = 64 << 20;
    options_.fsync = tsdb::FsyncMode::kInterval;
    options_.clock = &clock_;
    Open();
  }
  ~FoldWriterTest() override { tsdb::SetFaultHookForTest({}); }

  void Open() {
    writer_.reset();
    storage_.reset();
    auto opened = tsdb::Storage::Open(options_, storage_metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
    writer_ = std::make_unique<FoldWriter>("default", AggregatorOptions(), metrics_, clock_);
  }

  // The files as they are at this moment, as a kill -9 leaves them.
  void Copy(const std::string& to) {
    std::error_code error;
    do {
      std::filesystem::remove_all(to);
      std::filesystem::copy(options_.path, to, std::filesystem::copy_options::recursive, error);
    } while (error);
  }
  void GoOnWith(const std::string& copy) {
    writer_.reset();
    storage_.reset();
    std::filesystem::remove_all(options_.path);
    std::filesystem::rename(copy, options_.path);
    Open();
  }

  // One sample of each user.
  FoldBatch Request(const std::map<int, double>& counters, int64_t t) {
    FoldBatch batch;
    for (const auto& [user, value] : counters) {
      batch.Begin(Input(user), fold_);
      batch.Add(tsdb::Sample{t, value});
    }
    return batch;
  }
  Status Take(const FoldBatch& batch) {
    report_ = FoldReport();
    return writer_->Take(*storage_, batch, report_);
  }

  std::map<int64_t, double> Points(const std::string& metric = "x_total") {
    std::map<int64_t, double> points;
    const auto querier = storage_->NewQuerier("default", 0, INT64_MAX);
    const tsdb::Matcher named = tsdb::Matcher::Equal("__name__", metric);
    const auto set = (*querier)->Select({&named, 1}, {});
    EXPECT_TRUE(set.ok()) << set.status();
    EXPECT_LE((*set)->size(), 1u);
    for (size_t i = 0; i < (*set)->size(); ++i) {
      const auto it = (*set)->Samples(i);
      while (it->Next()) {
        const tsdb::SampleRun& run = it->run();
        for (size_t k = 0; k < run.size(); ++k) points[run.t[k]] = run.v[k];
      }
    }
    return points;
  }

  TempFolder folder_;
  FakeClock clock_{kStart};
  Metrics storage_metrics_;
  FoldMetrics metrics_{storage_metrics_};
  tsdb::StorageOptions options_;
  std::shared_ptr<const Fold> fold_;
  std::unique_ptr<tsdb::Storage> storage_;
  std::unique_ptr<FoldWriter> writer_;
  FoldReport report_;
};

TEST_F(FoldWriterTest, StoresPointsAndGoesOnAfterARestart) {
  ASSERT_TRUE(Take(Request({{1, 10}, {2, 20}}, kStart + 1000)).ok());
  EXPECT_EQ(report_.counted, 2u);
  Open();
  clock_.Advance(20'000);
  ASSERT_TRUE(Take(Request({{1, 13}, {2, 24}}, kStart + 16'000)).ok());
  clock_.Advance(20'000);
  ASSERT_TRUE(writer_->Tick(*storage_).ok());
  const std::map<int64_t, double> want = {{kStart + kGrid, 0}, {kStart + 2 * kGrid, 7}};
  EXPECT_EQ(Points(), want);
  EXPECT_TRUE(*writer_->Owns(*storage_, Labels::Must({{"__name__", "x_total"}, {"job", "api"}})));
}

TEST_F(FoldWriterTest, FinishEmitsWhatTheClockHasPassed) {
  ASSERT_TRUE(Take(Request({{1, 10}}, kStart + 1000)).ok());
  ASSERT_TRUE(Take(Request({{1, 11}}, kStart + 16'000)).ok());
  clock_.Advance(kGrid + 1000);
  ASSERT_TRUE(writer_->Finish(*storage_).ok());
  EXPECT_EQ(Points(), (std::map<int64_t, double>{{kStart + kGrid, 0}}));
  Open();
  ASSERT_TRUE(writer_->Tick(*storage_).ok());  // which reads the state
  clock_.Advance(60'000);
  ASSERT_TRUE(writer_->Tick(*storage_).ok());
  EXPECT_EQ(Points().at(kStart + 2 * kGrid), 1);
}

TEST_F(FoldWriterTest, WhatFailedIsWrittenBeforeAnythingElseIsTaken) {
  bool fail = true;
  tsdb::SetFaultHookForTest([&fail](std::string_view step) {
    return fail && step == "store.write" ? Unavailable("disk on fire") : OkStatus();
  });
  const FoldBatch first = Request({{1, 10}}, kStart + 1000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Take(first).code(), StatusCode::kUnavailable);
  EXPECT_EQ(writer_->Tick(*storage_).code(), StatusCode::kUnavailable);
  fail = false;
  ASSERT_TRUE(Take(first).ok());
  EXPECT_EQ(report_.repeated, 1u);
  Copy(folder_.Path("copy"));
  GoOnWith(folder_.Path("copy"));
  ASSERT_TRUE(Take(Request({{1, 15}}, kStart + 16'000)).ok());
  clock_.Advance(60'000);
  ASSERT_TRUE(writer_->Tick(*storage_).ok());
  EXPECT_EQ(Points(), (std::map<int64_t, double>{{kStart + kGrid, 0}, {kStart + 2 * kGrid, 5}}));
}

// Refuses everything while it is closed.
class Door : public tsdb::SeriesGate {
 public:
  Status Admit(std::string_view, const Labels&) override {
    return open ? OkStatus() : OutOfRange("closed");
  }
  void Note(std::string_view, const Labels&) override {}
  void Forget(std::string_view, const Labels&) override {}
  bool open = false;
};

TEST_F(FoldWriterTest, AnOutputThatIsRefusedShowsAllOfItLater) {
  const auto door = std::make_shared<Door>();
  options_.series_gate = door;
  Open();
  for (int i = 0; i < 4; ++i) {
    clock_.Advance(kGrid);
    ASSERT_TRUE(Take(Request({{1, i * 2.0}}, clock_.NowMs() - 1000)).ok());
    if (i == 2) {
      EXPECT_EQ(metrics_.lost_points->value(), 2u);
    }
    door->open = i >= 2;
  }
  clock_.Advance(60'000);
  ASSERT_TRUE(writer_->Tick(*storage_).ok());
  const std::map<int64_t, double> points = Points();
  EXPECT_EQ(points.begin()->second, 0);
  EXPECT_EQ(points.rbegin()->second, 6);
}

TEST_F(FoldWriterTest, WhatIsRefusedIsToldBySeries) {
  FoldBatch batch = Request({{1, 10}}, kStart);
  batch.Begin(Labels::Must({{"__name__", "queue_length"}, {"user_id", "1"}}), fold_);
  batch.Add(tsdb::Sample{kStart, 1});
  batch.Add(tsdb::Sample{kStart + 1, 1});
  batch.Add(tsdb::Exemplar{{}, 1, kStart});
  batch.Begin(Input(3), fold_);
  batch.Add(tsdb::Sample{kStart, 1});
  batch.Add(tsdb::Exemplar{Labels::Must({{"trace_id", "abc"}}), 1, kStart});
  ASSERT_TRUE(Take(batch).ok());
  EXPECT_EQ(report_.counted, 2u);
  ASSERT_EQ(report_.refused.size(), 1u);
  EXPECT_EQ(report_.refused[0].series, 1u);
  EXPECT_EQ(report_.refused[0].why, FoldVerdict::kNoFunction);
  EXPECT_EQ(report_.refused[0].floats, 2u);
  EXPECT_EQ(report_.refused[0].exemplars, 1u);
  const tsdb::Matcher named = tsdb::Matcher::Equal("__name__", "x_total");
  const auto exemplars = storage_->Exemplars("default", {&named, 1}, 0, INT64_MAX);
  ASSERT_TRUE(exemplars.ok());
  ASSERT_EQ(exemplars->size(), 1u);
  EXPECT_EQ((*exemplars)[0].labels, Labels::Must({{"__name__", "x_total"}, {"job", "api"}}));
}

TEST_F(FoldWriterTest, RequestsAtOnceAllCountOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 30;
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kThreads; ++sender) {
    senders.emplace_back([this, sender] {
      for (int round = 0; round <= kRounds; ++round) {
        const FoldBatch batch = Request({{sender, round * 1.0}}, kStart + 1000 * round);
        FoldReport report;
        EXPECT_TRUE(writer_->Take(*storage_, batch, report).ok());
        EXPECT_TRUE(writer_->Take(*storage_, batch, report).ok());
        EXPECT_EQ(report.repeated, 1u);
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  clock_.Advance(120'000);
  ASSERT_TRUE(writer_->Tick(*storage_).ok());
  EXPECT_EQ(Points().rbegin()->second, kThreads * kRounds);
}

// Dies before or after the write of a commit, at random, and the sender, who had no
// answer, sends the same again.
TEST_F(FoldWriterTest, EachIncreaseCountsOnceThroughCrashesAndRepeats) {
  std::mt19937_64 random(11);
  std::map<int, double> counters, shown;
  std::map<int64_t, double> grown;  // by the time of the sample
  const std::string copy = folder_.Path("copy");
  int crashes = 0;
  for (int round = 0; round < 60; ++round) {
    clock_.Advance(7'000);
    const int64_t t = clock_.NowMs() - 500;
    for (int user = round / 20; user < 3 + round / 10; ++user) {
      const bool known = counters.contains(user);
      const double step = static_cast<double>(random() % 100) / 8;
      const bool reset = random() % 10 == 0;
      counters[user] = reset ? step : counters[user] + step;
      // As a reader of the series sees it: a reset that does not show is none.
      if (known) grown[t] += Increase(shown[user], counters[user]);
      shown[user] = counters[user];
    }
    std::map<int, double> sent = counters;
    std::erase_if(sent, [round](const auto& one) { return one.first < round / 20; });
    const FoldBatch request = Request(sent, t);
    const char* const dies_at = random() % 2 == 0 ? "commit.applied" : "commit.written";
    const bool dies = random() % 4 == 0;
    bool copied = false;
    tsdb::SetFaultHookForTest([&](std::string_view step) {
      if (dies && !copied && step == dies_at) {
        Copy(copy);
        copied = true;
      }
      return OkStatus();
    });
    ASSERT_TRUE(Take(request).ok());
    tsdb::SetFaultHookForTest({});
    if (copied) GoOnWith(copy);
    crashes += copied ? 1 : 0;
    if (copied || random() % 3 == 0) {
      ASSERT_TRUE(Take(request).ok());
    }
    if (random() % 8 == 0) {
      ASSERT_TRUE(writer_->Tick(*storage_).ok());
    }
  }
  EXPECT_GT(crashes, 5);
  clock_.Advance(60'000);
  ASSERT_TRUE(writer_->Tick(*storage_).ok());
  const std::map<int64_t, double> points = Points();
  ASSERT_GT(points.size(), 20u);
  double sum = 0;
  auto next = grown.begin();
  for (const auto& [t, value] : points) {
    if (t % kGrid != 0) continue;
    for (; next != grown.end() && next->first <= t; ++next) sum += next->second;
    EXPECT_NEAR(value, sum, 1e-9 * std::max(1.0, sum)) << t;
  }
  EXPECT_EQ(next, grown.end());
}

}  // namespace
}  // namespace tidemark::server
