#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "tsdb/storage_for_test.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

TEST_F(StorageTest, AFailedCommitIsWrittenBeforeTheNextOneBegins) {
  bool fail = true;
  SetFaultHookForTest([&fail](std::string_view step) {
    return fail && step == "store.write" ? Unavailable("disk on fire") : OkStatus();
  });
  const Batch batch = {{SeriesLabels(0), kNow, 1.0}, {SeriesLabels(1), kNow, SmallHistogram(2)}};
  EXPECT_EQ(Commit(batch).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Commit(batch).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(storage_->WriteHealth().code(), StatusCode::kUnavailable);
  EXPECT_FALSE(storage_->Flush().ok());
  fail = false;
  const auto again = Commit(batch);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->duplicates, 2u);
  EXPECT_TRUE(storage_->WriteHealth().ok());
  for (const auto& [labels, t, value] : batch) model_.Add(labels, t, value);
  Open();
  ExpectModel();
  ASSERT_TRUE(storage_->Flush().ok());
  Open();
  ExpectModel();
}

TEST_F(StorageTest, ADamagedBlockIsSaidAndCostsNoOtherSeries) {
  ASSERT_TRUE(Commit({{SeriesLabels(0), kNow, 1.0}}).ok());
  ASSERT_TRUE(Commit({{SeriesLabels(2), kNow, 2.0}}).ok());
  ASSERT_TRUE(storage_->Flush().ok());
  storage_.reset();
  {
    auto store = *Store::Open({options_.path + "/db", 64 << 20}, metrics_);
    const auto batch = store->NewBatch();
    // The first series of the first metric of the first tenant.
    batch->Merge(Family::kRaw, EncodeRawKey(RawKeyOf(0, 0, BlockEnd(kNow))), "no run");
    ASSERT_TRUE(store->Write(*batch, WriteMode::kSync).ok());
  }
  Open();
  EXPECT_EQ(ReadAll(*storage_, "default", kMin, kMax).status().code(), StatusCode::kDataLoss);
  const auto querier = storage_->NewQuerier("default", kMin, kMax);
  const Matcher other = Matcher::Equal("instance", "gw-2");
  const auto set = (*querier)->Select({&other, 1}, {});
  const auto it = (*set)->Samples(0);
  EXPECT_TRUE(it->Next());
  EXPECT_FALSE(it->Next());
  EXPECT_TRUE(it->status().ok());
  // Late samples are taken nevertheless.
  EXPECT_TRUE(Commit({{SeriesLabels(0), kNow - 1, 3.0}}).ok());
}

// Old data that cannot be dropped must not fill the memory with new data.
TEST_F(StorageTest, ARetentionThatFailsHoldsUpNoSeal) {
  options_.raw_retention_ms = 30LL * 86'400'000;
  Open();
  CommitToBoth({{SeriesLabels(0), kNow, 1.0}});
  SetFaultHookForTest([](std::string_view step) {
    return step == "retention.marked" ? Unavailable("disk on fire") : OkStatus();
  });
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  clock_.Advance(3'600'000);  // a seal is due, and retention
  while (storage_->Stats()[0].head_series > 0 && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::yield();
  }
  EXPECT_EQ(storage_->Stats()[0].head_series, 0u);
  clock_.Advance(120'000);
  Open();  // which says what failed, and goes on
  ExpectModel();
}

TEST_F(StorageTest, ASealThatFailsAtAnyStepIsRepeated) {
  int64_t t = kNow;
  for (const std::string_view step :
       {"seal.frozen", "store.write", "seal.merged", "seal.flushed", "seal.trimmed"}) {
    SCOPED_TRACE(step);
    CommitToBoth({{SeriesLabels(0), t, 1.0}, {SeriesLabels(1), t, SmallHistogram(2)}});
    SetFaultHookForTest([step](std::string_view at) {
      return at == step ? Unavailable("disk on fire") : OkStatus();
    });
    EXPECT_FALSE(storage_->Flush().ok());
    SetFaultHookForTest({});
    ExpectModel();
    CommitToBoth({{SeriesLabels(0), t, 1.0}, {SeriesLabels(0), t + 1, 5.0}});
    if (t % 2000 == 0) Open();
    ExpectModel();
    EXPECT_TRUE(storage_->Flush().ok());
    ExpectModel();
    CommitToBoth({{SeriesLabels(0), t, 7.0}, {SeriesLabels(1), t, SmallHistogram(2)}});
    t += 1000;
  }
}

}  // namespace
}  // namespace tidemark::tsdb
