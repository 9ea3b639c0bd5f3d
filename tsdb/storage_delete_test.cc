#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tsdb/storage_for_test.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

Matcher Gateway(int i) { return Matcher::Equal("instance", "gw-" + std::to_string(i)); }

class StorageDeleteTest : public StorageTest {
 protected:
  // Brings what was written so far to the place of the case.
  void MoveTo(std::string_view where) {
    if (where == "sealed" || where == "both") {
      ASSERT_TRUE(storage_->Flush().ok());
    }
    if (where == "both") {
      CommitToBoth({{SeriesLabels(0), kNow + 1500, 1.5}, {SeriesLabels(1), kNow + 9999, 7.0}});
    }
    if (where == "replayed") Crash();
  }

  Batch FewSamples() {
    Batch batch;
    for (int64_t t = kNow; t < kNow + 5000; t += 1000) {
      batch.emplace_back(SeriesLabels(0), t, static_cast<double>(t - kNow));
      batch.emplace_back(SeriesLabels(1), t, SmallHistogram(static_cast<double>(t - kNow) + 1));
    }
    return batch;
  }
};

TEST_F(StorageDeleteTest, WhatIsDeletedIsGoneAtOnceAndForEver) {
  int64_t shift = 0;
  for (const char* where : {"head", "replayed", "sealed", "both"}) {
    SCOPED_TRACE(where);
    Batch batch = FewSamples();
    for (auto& [labels, t, value] : batch) t += shift;
    CommitToBoth(batch);
    MoveTo(where);
    DeleteFromBoth(Gateway(0), kNow + shift + 1000, kNow + shift + 3000);
    ExpectModel();
    Crash();
    ExpectModel();
    ASSERT_TRUE(storage_->Flush().ok());
    ExpectModel();
    Crash();
    ExpectModel();
    shift += 20'000;
  }
}

TEST_F(StorageDeleteTest, ACorrectedBackfillIsNewAndStays) {
  for (const char* where : {"head", "replayed", "sealed", "both"}) {
    SCOPED_TRACE(where);
    CommitToBoth(FewSamples());
    MoveTo(where);
    DeleteFromBoth(Matcher::Equal("job", "gateway"), kMin, kMax);
    const Batch corrected = {{SeriesLabels(0), kNow, 100.0},
                             {SeriesLabels(0), kNow + 4000, 101.0},
                             {SeriesLabels(1), kNow + 4000, SmallHistogram(9)},
                             {SeriesLabels(1), kNow + 1000, 102.0}};
    CommitToBoth(corrected);
    CommitToBoth(corrected);  // now they are duplicates
    ExpectModel();
    Crash();
    CommitToBoth(corrected);
    ExpectModel();
    ASSERT_TRUE(storage_->Flush().ok());
    CommitToBoth(corrected);
    ExpectModel();
    Crash();
    ExpectModel();
    DeleteFromBoth(Matcher::Equal("job", "gateway"), kMin, kMax);
    ASSERT_TRUE(storage_->Flush().ok());
  }
}

TEST_F(StorageDeleteTest, ADeleteInTheMidstOfASealHolds) {
  for (const std::string_view step :
       {"seal.frozen", "seal.merged", "seal.flushed", "seal.trimmed"}) {
    for (const bool fails : {false, true}) {
      SCOPED_TRACE(std::string(step) + (fails ? " fails" : ""));
      CommitToBoth(FewSamples());
      SetFaultHookForTest([&, step](std::string_view at) {
        if (at != step) return OkStatus();
        DeleteFromBoth(Gateway(0), kNow + 1000, kMax);
        CommitToBoth({{SeriesLabels(0), kNow + 2000, -1.0}});
        return fails ? Unavailable("disk on fire") : OkStatus();
      });
      EXPECT_EQ(storage_->Flush().ok(), !fails);
      SetFaultHookForTest({});
      ExpectModel();
      Crash();
      ExpectModel();
      ASSERT_TRUE(storage_->Flush().ok());
      ExpectModel();
      DeleteFromBoth(Matcher::Equal("job", "gateway"), kMin, kMax);
    }
  }
}

TEST_F(StorageDeleteTest, ADeleteThatCannotBeWrittenIsWrittenFirstLater) {
  CommitToBoth(FewSamples());
  bool fail = true;
  SetFaultHookForTest([&fail](std::string_view step) {
    return fail && step == "store.write" ? Unavailable("disk on fire") : OkStatus();
  });
  const Matcher matcher = Gateway(0);
  EXPECT_EQ(storage_->Delete("default", {&matcher, 1}, kMin, kMax).status().code(),
            StatusCode::kUnavailable);
  fail = false;
  model_.Delete(matcher, kMin, kMax);
  CommitToBoth({{SeriesLabels(0), kNow, 5.0}});
  ExpectModel();
  Crash();
  ExpectModel();
}

TEST_F(StorageDeleteTest, SaysWhatItAppliedTo) {
  CommitToBoth(FewSamples());
  const Matcher gateways = Matcher::Equal("job", "gateway");
  const Matcher empty = Matcher::Equal("absent", "");
  EXPECT_EQ(storage_->Delete("default", {&gateways, 1}, kNow, kNow)->series, 2u);
  EXPECT_EQ(storage_->Delete("other", {&gateways, 1}, kMin, kMax)->series, 0u);
  EXPECT_EQ(storage_->Delete("default", {&empty, 1}, kMin, kMax).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(storage_->Delete("default", {}, kMin, kMax).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(storage_->Delete("default", {&gateways, 1}, 2, 1).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_TRUE(storage_->Delete("default", {&gateways, 1}, kMin, kMin).ok());
  Open();
  ASSERT_EQ(storage_->Stats().size(), 1u);
}

TEST_F(StorageDeleteTest, ExemplarsGoToo) {
  const auto app = storage_->NewAppender("default");
  for (int i = 0; i < 4; ++i) {
    const auto series = app->GetSeries(SeriesLabels(i));
    for (const int64_t t : {kNow - kPartitionMs, kNow, kNow + 1, kNow + kPartitionMs}) {
      if (i == 1) continue;
      ASSERT_TRUE(app->AppendExemplar(*series, {Labels(), 0.5, t}).ok());
    }
  }
  ASSERT_TRUE(app->Commit().ok());
  const Matcher some = *Matcher::Make(Matcher::Op::kRegex, "instance", "gw-[012]");
  ASSERT_TRUE(storage_->Delete("default", {&some, 1}, kNow, kNow + kPartitionMs).ok());
  Crash();
  const Matcher all = Matcher::Equal("job", "gateway");
  const auto left = storage_->Exemplars("default", {&all, 1}, kMin, kMax);
  ASSERT_TRUE(left.ok()) << left.status();
  ASSERT_EQ(left->size(), 3u);
  for (const SeriesExemplars& one : *left) {
    const bool kept = one.labels == SeriesLabels(3);
    EXPECT_EQ(one.exemplars.size(), kept ? 4u : 1u) << one.labels.ToString();
    EXPECT_EQ(one.exemplars[0].t, kNow - kPartitionMs);
  }
}

TEST_F(StorageDeleteTest, CleaningTakesTheBytesOffTheDisk) {
  Batch batch;
  for (int i = 0; i < 50'000; ++i) {
    batch.emplace_back(SeriesLabels(0), kNow + i * 1000LL, 1.0 / (i + 1));
  }
  CommitToBoth(batch);
  CommitToBoth({{SeriesLabels(2), kNow, 1.0}});
  ASSERT_TRUE(storage_->Flush().ok());
  DeleteFromBoth(Gateway(0), kMin, kMax);
  ASSERT_TRUE(storage_->CleanTombstones().ok());
  ExpectModel();
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(options_.path + "/db")) {
    if (entry.path().extension() == ".sst") bytes += entry.file_size();
  }
  EXPECT_LT(bytes, 30'000u);
}

// A cut is written where there are blocks, not for every block of the range.
TEST_F(StorageDeleteTest, YearsWithoutSamplesCostNothing) {
  CommitToBoth(FewSamples());
  ASSERT_TRUE(storage_->Flush().ok());
  DeleteFromBoth(Matcher::Equal("job", "gateway"), 0, kMax);
  DeleteFromBoth(Matcher::Equal("job", "nobody"), 0, kMax);
  ASSERT_TRUE(storage_->Flush().ok());
  ExpectModel();
  storage_.reset();
  const auto store = *Store::Open({options_.path + "/db", 64 << 20}, metrics_);
  const auto it = store->NewIterator(Family::kRaw);
  size_t blocks = 0;
  for (it->Seek(""); it->Valid(); it->Next()) ++blocks;
  EXPECT_LE(blocks, 4u);
}

// Deletes beside commits and seals: whatever a reader sees of a series, it is
// never more than what was deleted before it asked allows.
TEST_F(StorageDeleteTest, DeletesBesideCommitsAndSeals) {
  std::atomic<bool> done = false;
  std::thread sealing([&] {
    while (!done) EXPECT_TRUE(storage_->Flush().ok());
  });
  std::thread deleting([&] {
    const Matcher matcher = Gateway(2);
    while (!done) EXPECT_TRUE(storage_->Delete("default", {&matcher, 1}, kMin, kMax).ok());
  });
  for (int64_t t = kNow; t < kNow + 100'000; t += 1000) {
    CommitToBoth({{SeriesLabels(0), t, 1.0}, {SeriesLabels(1), t - 7777, SmallHistogram(3)}});
    ASSERT_TRUE(Commit({{SeriesLabels(2), t, 1.0}}).ok());
    if (t % 20'000 == 0) {
      DeleteFromBoth(Gateway(0), t - 10'000, t);
      const auto got = ReadAll(*storage_, "default", kMin, kMax);
      ASSERT_TRUE(got.ok()) << got.status();
      const auto found = got->find(SeriesLabels(0).packed());
      ASSERT_EQ(Difference(found == got->end() ? Timeline() : found->second,
                           model_.series[SeriesLabels(0).packed()]),
                "");
    }
  }
  done = true;
  sealing.join();
  deleting.join();
  DeleteFromBoth(Gateway(2), kMin, kMax);
  ExpectModel();
  Crash();
  ExpectModel();
}

}  // namespace
}  // namespace tidemark::tsdb
