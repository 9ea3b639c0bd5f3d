// What hurt others, by name: faults that reached users of the reference
// implementation, each as a case that must not come back here.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tsdb/storage_for_test.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

class StorageRegressionTest : public StorageTest {
 protected:
  // With a crash, and with a stop in order.
  void RestartEveryWay() {
    ExpectModel();
    Crash();
    ExpectModel();
    Open();
    ExpectModel();
  }
};

// Late samples were dropped when the log was replayed, or only some of them read.
TEST_F(StorageRegressionTest, OutOfOrderDataSurvivesRestart) {
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    const int64_t now = kNow + round * kPartitionMs;
    Batch batch;
    for (int64_t t = now; t < now + 100'000; t += 1000) batch.emplace_back(SeriesLabels(0), t, 1.0);
    // Backwards, across blocks and days, and between the samples there are.
    for (int64_t t = now - 500; t > now - kPartitionMs; t -= 300'000) {
      batch.emplace_back(SeriesLabels(0), t, static_cast<double>(t));
      batch.emplace_back(SeriesLabels(1), t, SmallHistogram(static_cast<double>(t % 1000)));
    }
    for (int64_t t = now + 99'500; t > now; t -= 1000) batch.emplace_back(SeriesLabels(0), t, 2.0);
    CommitToBoth(batch);
    RestartEveryWay();
    if (round > 0) {
      ASSERT_TRUE(storage_->Flush().ok());
    }
    RestartEveryWay();
  }
}

// After a replay histograms came back with the spans, bounds or hints of others.
TEST_F(StorageRegressionTest, NativeHistogramsAreRightAfterRestart) {
  FloatHistogram wide = SmallHistogram(3);
  wide.positive_spans = {{-4, 1}, {6, 1}};
  wide.positive_buckets = {1, 2};
  FloatHistogram custom;
  custom.schema = -53;
  custom.custom_values = {0.1, 1, 10};
  custom.positive_spans = {{0, 4}};
  custom.positive_buckets = {1, 2, 0, 3};
  custom.count = 6;
  custom.sum = 12;
  FloatHistogram other_bounds = custom;
  other_bounds.custom_values = {0.2, 2, 20};
  FloatHistogram gauge = SmallHistogram(5);
  gauge.counter_reset_hint = CounterResetHint::kGauge;
  FloatHistogram fractions = SmallHistogram(2.5);
  FloatHistogram coarse = SmallHistogram(7);
  coarse.schema = -1;
  FloatHistogram stale = SmallHistogram(0);
  stale.sum = kStaleNaN;
  int64_t t = kNow;
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    Batch batch;
    for (const FloatHistogram& h :
         {wide, custom, other_bounds, gauge, fractions, coarse, stale, wide, coarse}) {
      batch.emplace_back(SeriesLabels(1), t += 15'000, h);
      batch.emplace_back(SeriesLabels(1), t - 7 * kBlockMs, h);  // late
      batch.emplace_back(SeriesLabels(1), t + 1, 1.5);           // a float between them
    }
    CommitToBoth(batch);
    RestartEveryWay();
    ASSERT_TRUE(storage_->Flush().ok());
    RestartEveryWay();
  }
  // Equality leaves the hint out.
  const auto all = ReadAll(*storage_, "default", kMin, kMax);
  const Timeline& samples = all->at(SeriesLabels(1).packed());
  const SampleValue& first_gauge = samples.at(kNow + 4 * 15'000);
  EXPECT_EQ(std::get<FloatHistogram>(first_gauge).counter_reset_hint, CounterResetHint::kGauge);
}

// A deleted series took samples of others, or later ones of its own, with it.
TEST_F(StorageRegressionTest, DeletedSeriesDoNotHideOthers) {
  const auto commit = [this](int64_t t, double v) {
    Batch batch;
    for (int i = 0; i < 6; ++i) {
      for (int64_t at = t; at < t + 20'000; at += 1000) batch.emplace_back(SeriesLabels(i), at, v);
    }
    CommitToBoth(batch);
  };
  commit(kNow, 1);
  ASSERT_TRUE(storage_->Flush().ok());
  commit(kNow + 20'000, 2);
  DeleteFromBoth(Matcher::Equal("instance", "gw-2"), kMin, kMax);
  DeleteFromBoth(Matcher::Equal("instance", "gw-3"), kNow + 10'000, kNow + 30'000);
  RestartEveryWay();
  commit(kNow + 40'000, 3);  // the deleted series comes back
  commit(kNow, 4);           // and its old times are taken again, those of others are not
  RestartEveryWay();
  ASSERT_TRUE(storage_->CleanTombstones().ok());
  RestartEveryWay();
}

// Late data, or a query over it, held up compaction until the disk was full.
TEST_F(StorageRegressionTest, LateDataDoesNotBlockCompaction) {
  CommitToBoth({{SeriesLabels(0), kNow, 1.0}, {SeriesLabels(1), kNow, SmallHistogram(1)}});
  ASSERT_TRUE(storage_->Flush().ok());
  // A reader in the midst of its samples.
  const auto querier = storage_->NewQuerier("default", kMin, kMax);
  const Matcher job = Matcher::Equal("job", "gateway");
  auto set = (*querier)->Select({&job, 1}, {});
  auto it = (*set)->Samples(0);
  ASSERT_TRUE(it->Next());
  for (int day = 1; day < 40; ++day) {
    CommitToBoth({{SeriesLabels(0), kNow - day * kPartitionMs, 1.0 * day},
                  {SeriesLabels(1), kNow - day * kPartitionMs, SmallHistogram(day)}});
    if (day % 5 == 0) {
      ASSERT_TRUE(storage_->Flush().ok());
      EXPECT_EQ(storage_->Stats()[0].head_series, 0u) << "late samples are sealed as all others";
    }
  }
  ASSERT_TRUE(storage_->Flush().ok());
  it.reset();  // before the storage is closed
  set->reset();
  RestartEveryWay();
}

// An error while reading ended the samples, and the answer was short and 200.
TEST_F(StorageRegressionTest, ReadErrorsAreReturned) {
  for (int day = 0; day < 3; ++day) {
    CommitToBoth({{SeriesLabels(0), kNow + day * kPartitionMs, 1.0 * day}});
  }
  ASSERT_TRUE(storage_->Flush().ok());
  storage_.reset();
  {
    auto store = *Store::Open({options_.path + "/db", 64 << 20}, metrics_);
    const auto batch = store->NewBatch();
    // In the second of three blocks of the only series.
    batch->Merge(Family::kRaw, EncodeRawKey(RawKeyOf(0, 0, BlockEnd(kNow + kPartitionMs))),
                 "no run");
    ASSERT_TRUE(store->Write(*batch, WriteMode::kSync).ok());
  }
  Open();
  const Matcher matcher = Matcher::Equal("instance", "gw-0");
  const auto read = [&](int64_t mint, int64_t maxt, bool unsealed) {
    if (unsealed) {
      EXPECT_TRUE(Commit({{SeriesLabels(0), kNow + 5 * kPartitionMs, 9.0}}).ok());
    }
    const auto querier = storage_->NewQuerier("default", mint, maxt);
    const auto set = (*querier)->Select({&matcher, 1}, {});
    return Drain(*(*set)->Samples(0)).status();
  };
  EXPECT_EQ(read(kMin, kMax, false).code(), StatusCode::kDataLoss);
  EXPECT_EQ(read(kNow + kPartitionMs, kNow + kPartitionMs, false).code(), StatusCode::kDataLoss);
  EXPECT_EQ(read(kMin, kMax, true).code(), StatusCode::kDataLoss) << "not what the head has";
  EXPECT_TRUE(read(kMin, kNow, false).ok()) << "blocks that are not asked for do no harm";
  // A seek into the damage says so, too.
  const auto querier = storage_->NewQuerier("default", kMin, kMax);
  const auto set = (*querier)->Select({&matcher, 1}, {});
  const auto it = (*set)->Samples(0);
  EXPECT_TRUE(it->Seek(kNow + kPartitionMs));
  EXPECT_FALSE(it->Next());
  EXPECT_EQ(it->status().code(), StatusCode::kDataLoss);
  // A deletion hides the damage from nobody.
  ASSERT_TRUE(storage_->Delete("default", {&matcher, 1}, kNow, kNow + 1).ok());
  EXPECT_EQ(read(kMin, kMax, false).code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tidemark::tsdb
