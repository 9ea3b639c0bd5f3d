#include "tsdb/head/evictor.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tsdb/storage.h"
#include "tsdb/storage_model.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kNow = 1'767'225'600'000;  // 2026-01-01
constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

Labels SeriesLabels(int i) {
  return Labels::Must({{kMetricName, "m" + std::to_string(i % 3)}, {"pod", std::to_string(i)}});
}

class EvictorTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "evictor_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    options_.path = pattern;
    options_.raw_retention_ms = 0;
    options_.min_free_disk = 0;
    options_.memory_bytes = 256 << 20;
    options_.fsync = FsyncMode::kInterval;
    options_.series_idle_ms = 2 * kHour;
    options_.clock = &clock_;
    Open();
  }
  void TearDown() override {
    SetFaultHookForTest({});
    storage_.reset();
    std::filesystem::remove_all(options_.path);
  }
  void Open() {
    storage_.reset();
    metrics_ = std::make_unique<Metrics>();
    auto opened = Storage::Open(options_, *metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }

  using Batch = std::vector<std::tuple<int, int64_t, double>>;
  CommitReport Commit(const Batch& batch) {
    const auto app = storage_->NewAppender("default");
    for (const auto& [i, t, v] : batch) {
      const Labels labels = SeriesLabels(i);
      const auto series = app->GetSeries(labels);
      EXPECT_TRUE(series.ok());
      EXPECT_TRUE(app->Append(*series, Sample{t, v}).ok());
      model_.Add(labels, t, v);
    }
    const auto report = app->Commit();
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : CommitReport();
  }

  // All series but those with samples since leave.
  void Idle() {
    ASSERT_TRUE(storage_->Flush().ok());
    clock_.Advance(3 * kHour);
    ASSERT_TRUE(storage_->Flush().ok());
  }
  uint64_t Resident() const {
    const auto stats = storage_->Stats();
    return stats.empty() ? 0 : stats[0].series;
  }

  double ValueOf(std::string_view metric) const {
    for (const Metrics::Family& family : metrics_->Collect()) {
      if (family.name == metric) return family.children[0].value;
    }
    return -1;
  }

  std::set<std::string> Pods(int64_t mint, int64_t maxt) const {
    const auto querier = storage_->NewQuerier("default", mint, maxt);
    const auto values = (*querier)->LabelValues("pod", {}, 0);
    EXPECT_TRUE(values.ok()) << values.status();
    return {values->begin(), values->end()};
  }

  // What is read of [mint, maxt] is what the model has there.
  void ExpectModel(int64_t mint, int64_t maxt) const {
    std::map<std::string, Timeline> want;
    for (const auto& [packed, all] : model_.series) {
      Timeline some(all.lower_bound(mint), all.upper_bound(maxt));
      if (!some.empty()) want[packed] = std::move(some);
    }
    const auto got = ReadAll(*storage_, "default", mint, maxt);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(Difference(*got, want), "");
  }

  StorageOptions options_;
  FakeClock clock_{kNow};
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Storage> storage_;
  StorageModel model_;
};

TEST_F(EvictorTest, IdleSeriesLeaveAndComeBackAsThemselves) {
  Commit({{0, kNow, 1.0}, {1, kNow, 2.0}, {2, kNow, 3.0}});
  Idle();
  EXPECT_EQ(Resident(), 0u);
  ExpectModel(kMin, kMax);
  EXPECT_EQ(Pods(kMin, kMax), (std::set<std::string>{"0", "1", "2"}));
  // A recent range does not reach back to them.
  EXPECT_EQ(Pods(kNow + 1, kMax), std::set<std::string>{});

  // The same sample again, one in order, and one that is late.
  const CommitReport report = Commit({{0, kNow, 1.0}, {0, kNow + kHour, 4.0}, {1, kNow - 1, 5.0}});
  EXPECT_EQ(report.duplicates, 1u);
  EXPECT_EQ(report.written, 2u);
  EXPECT_EQ(Resident(), 2u);
  ExpectModel(kMin, kMax);
  EXPECT_EQ(Pods(kNow + 1, kMax), (std::set<std::string>{"0", "1"}));
  for (const bool sealed : {false, true}) {
    if (sealed) Idle();
    Open();
    EXPECT_EQ(Resident(), sealed ? 0u : 2u);
    ExpectModel(kMin, kMax);
  }
}

TEST_F(EvictorTest, SeriesWithNewSamplesStay) {
  Commit({{0, kNow, 1.0}, {1, kNow, 2.0}});
  for (int hour = 1; hour <= 4; ++hour) {
    ASSERT_TRUE(storage_->Flush().ok());
    clock_.Advance(kHour);
    Commit({{1, kNow + hour * kHour, 2.0}});
  }
  EXPECT_EQ(Resident(), 1u);
  EXPECT_EQ(ValueOf("tidemark_storage_series_evicted_total"), 1);
  ExpectModel(kNow + 1, kMax);
  ExpectModel(kMin, kMax);
}

// Generations of series, as deployments make them: memory holds the last ones.
TEST_F(EvictorTest, MemoryFollowsActiveSeriesUnderChurn) {
  constexpr int kGenerations = 12;
  constexpr int kSeries = 100;
  for (int generation = 0; generation < kGenerations; ++generation) {
    Batch batch;
    for (int i = 0; i < kSeries; ++i)
      batch.emplace_back(generation * kSeries + i, clock_.NowMs(), i);
    Commit(batch);
    ASSERT_TRUE(storage_->Flush().ok());
    clock_.Advance(kHour);
    EXPECT_LE(Resident(), 4u * kSeries);
  }
  ExpectModel(kMin, kMax);
  Open();
  EXPECT_EQ(Resident(), 0u);
  ExpectModel(kMin, kMax);
  ExpectModel(kNow + 2 * kHour, kNow + 3 * kHour);
}

TEST_F(EvictorTest, RandomChurnEqualsTheModel) {
  std::mt19937_64 random(99);
  int64_t seen = 0;
  for (int step = 0; step < 160; ++step) {
    SCOPED_TRACE(step);
    Batch batch;
    for (uint64_t n = random() % 8; n > 0; --n) {
      const int series = static_cast<int>(random() % 40);
      const int64_t back = random() % 4 == 0 ? static_cast<int64_t>(random() % (4 * kDay)) : 0;
      batch.emplace_back(series, clock_.NowMs() - back - static_cast<int64_t>(random() % kHour),
                         static_cast<double>(++seen));
    }
    if (!batch.empty()) Commit(batch);
    clock_.Advance(static_cast<int64_t>(random() % (2 * kHour)));
    if (random() % 4 == 0) {
      ASSERT_TRUE(storage_->Flush().ok());
    }
    if (random() % 25 == 0) Open();
    const int64_t a = kNow - 4 * kDay + static_cast<int64_t>(random() % (20 * kDay));
    ExpectModel(a, a + static_cast<int64_t>(random() % (3 * kDay)));
    if (random() % 10 == 0) ExpectModel(kMin, kMax);
  }
}

TEST_F(EvictorTest, DeletesReachSeriesThatLeft) {
  Commit({{0, kNow, 1.0}, {0, kNow + 1, 2.0}, {1, kNow, 3.0}});
  Idle();
  ASSERT_EQ(Resident(), 0u);
  const Matcher pod = Matcher::Equal("pod", "0");
  const auto report = storage_->Delete("default", {&pod, 1}, kNow, kNow);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->series, 1u);
  model_.series[SeriesLabels(0).packed()].erase(kNow);
  ExpectModel(kMin, kMax);
  Open();
  ExpectModel(kMin, kMax);
  Idle();
  EXPECT_EQ(Resident(), 0u);
  ExpectModel(kMin, kMax);
}

TEST_F(EvictorTest, MetadataGoWithTheLastSeriesOfTheirMetric) {
  options_.raw_retention_ms = options_.hour_retention_ms = options_.day_retention_ms = 5 * kDay;
  Open();
  const auto commit = [this](const std::vector<std::string>& metrics,
                             const std::vector<std::string>& metadata) {
    const auto app = storage_->NewAppender("default");
    for (const std::string& metric : metrics) {
      const auto series = app->GetSeries(Labels::Must({{kMetricName, metric}}));
      ASSERT_TRUE(app->Append(*series, Sample{clock_.NowMs(), 1.0}).ok());
    }
    for (const std::string& metric : metadata) {
      ASSERT_TRUE(app->SetMetadata(metric, {MetricType::kHistogram, "help", ""}).ok());
    }
    ASSERT_TRUE(app->Commit().ok());
  };
  const auto known = [this] {
    std::set<std::string> out;
    for (const auto& [metric, metadata] : storage_->MetricMetadata("default")) out.insert(metric);
    return out;
  };
  commit({"old", "classic_bucket", "classic_sum", "both_bucket", "both_count", "new"},
         {"old", "classic", "both", "new"});
  Idle();
  clock_.Advance(4 * kDay);
  commit({"both_count", "new"}, {"to_come"});
  Idle();
  EXPECT_EQ(known(), (std::set<std::string>{"both", "classic", "new", "old", "to_come"}));
  clock_.Advance(3 * kDay);
  Idle();
  for (const bool reopen : {false, true}) {
    if (reopen) Open();
    EXPECT_EQ(known(), (std::set<std::string>{"both", "new", "to_come"}));
  }
  commit({"old"}, {"old"});  // comes back, and its metadata
  EXPECT_EQ(known().count("old"), 1u);
}

TEST_F(EvictorTest, ForgottenWhenRetentionHasDroppedAll) {
  options_.raw_retention_ms = options_.hour_retention_ms = options_.day_retention_ms = 5 * kDay;
  Open();
  Commit({{0, kNow, 1.0}, {1, kNow, 1.0}});
  Idle();
  clock_.Advance(4 * kDay);
  Commit({{1, clock_.NowMs(), 2.0}, {2, clock_.NowMs(), 2.0}});
  Idle();
  clock_.Advance(3 * kDay);
  Idle();
  EXPECT_EQ(ValueOf("tidemark_storage_series_purged_total"), 1);
  model_.series.clear();
  // Its number is not given again: the other series of its metric is a new one.
  for (const bool reopen : {false, true}) {
    if (reopen) Open();
    const int64_t t = clock_.NowMs();
    Commit({{0, t, 3.0}, {3, t, 4.0}, {1, t, 5.0}});
    ExpectModel(t, kMax);
  }
}

// Whether batches that this thread writes reach the disk.
thread_local bool may_write = false;

// The journal keeps a record that failed, and with it what is to become of its
// series once it is written.
TEST_F(EvictorTest, ASeriesStaysWhileARecordThatNamesItWaits) {
  const auto commit_exemplar = [this](bool is_written) {
    may_write = is_written;
    const auto app = storage_->NewAppender("default");
    EXPECT_TRUE(app->AppendExemplar(*app->GetSeries(SeriesLabels(1)), {{}, 1.0, kNow}).ok());
    EXPECT_EQ(app->Commit().ok(), is_written);
    may_write = true;
  };
  std::promise<void> applied;
  std::promise<void> failed;
  std::atomic<int> commits{0};
  // Two commits find the series new, and the record of the second one fails.
  const auto commit_both = [&] {
    std::thread first(commit_exemplar, true);
    applied.get_future().wait();
    commit_exemplar(false);
    failed.set_value();
    first.join();
  };
  may_write = true;
  Commit({{0, kNow, 1.0}});
  // After the seal's last look at the journal, before the evictor's turn.
  SetFaultHookForTest([&](std::string_view step) {
    if (step == "seal.merged") {
      commit_both();
      clock_.Advance(3 * kHour);
    }
    if (step == "commit.applied" && commits.fetch_add(1) == 0) {
      applied.set_value();
      failed.get_future().wait();
    }
    return step == "store.write" && !may_write ? Unavailable("disk on fire") : OkStatus();
  });
  ASSERT_TRUE(storage_->Flush().ok());
  EXPECT_EQ(ValueOf("tidemark_storage_series_evicted_total"), 1);
  EXPECT_EQ(Resident(), 1u);
  SetFaultHookForTest({});
  Idle();
  EXPECT_EQ(Resident(), 0u);
  Open();
  ExpectModel(kMin, kMax);
}

// Commits revive series while they are evicted, and queries look for them.
TEST_F(EvictorTest, CommitsEvictionsAndQueriesAtOnce) {
  constexpr int kRounds = 60;
  constexpr int kSeries = 30;
  std::atomic<bool> done{false};
  std::atomic<int> committed{0};
  std::thread evictor([&] {
    while (!done.load()) {
      clock_.Advance(3 * kHour);
      ASSERT_TRUE(storage_->Flush().ok());
    }
  });
  std::thread reader([&] {
    while (!done.load()) {
      const auto rounds = static_cast<size_t>(committed.load());
      const auto got = ReadAll(*storage_, "default", kNow, kMax);
      ASSERT_TRUE(got.ok()) << got.status();
      if (rounds == 0) continue;
      ASSERT_EQ(got->size(), static_cast<size_t>(kSeries));
      for (const auto& [packed, timeline] : *got) ASSERT_GE(timeline.size(), rounds);
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    Batch batch;
    for (int i = 0; i < kSeries; ++i) batch.emplace_back(i, kNow + round * 60'000LL, round);
    EXPECT_EQ(Commit(batch).written, static_cast<uint64_t>(kSeries));
    committed.store(round + 1);
  }
  done.store(true);
  evictor.join();
  reader.join();
  ExpectModel(kMin, kMax);
  Open();
  ExpectModel(kMin, kMax);
}

}  // namespace
}  // namespace tidemark::tsdb
