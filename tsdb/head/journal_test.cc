#include "tsdb/head/journal.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/head/loader.h"
#include "tsdb/store/fault.h"
#include "tsdb/store/journal_record.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "journal_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    options_.path = pattern;
    options_.memory_bytes = 64 << 20;
    store_ = *Store::Open(options_, metrics_);
  }
  void TearDown() override {
    SetFaultHookForTest({});
    store_.reset();
    std::filesystem::remove_all(options_.path);
  }

  // A commit without samples.
  Status Write(Journal& journal, uint64_t sequence) {
    Journal::Entry entry;
    entry.sequences = {sequence};
    entry.batch = store_->NewBatch();
    entry.batch->Put(Family::kJournal, JournalKey(sequence),
                     JournalWriter().Finish(0, sequence, journal.durable()));
    entry.on_written = [this] { ++written_; };
    return journal.Write(std::move(entry));
  }
  StatusOr<ReplayResult> Load(const Progress& progress = {}) {
    Head head;
    ASSIGN_OR_RETURN(const LoadResult loaded, Loader(*store_, head, progress).Load());
    return loaded.journal;
  }
  void Remove(uint64_t sequence) {
    const auto batch = store_->NewBatch();
    batch->Delete(Family::kJournal, JournalKey(sequence));
    ASSERT_TRUE(store_->Write(*batch, WriteMode::kNoSync).ok());
  }

  Metrics metrics_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
  int written_ = 0;
};

TEST_F(JournalTest, DurableIsWhatHasNoGapBelowIt) {
  Journal journal(*store_, WriteMode::kNoSync, 1);
  EXPECT_EQ(journal.Begin(), 1u);
  EXPECT_EQ(journal.Begin(), 2u);
  EXPECT_EQ(journal.next(), 3u);
  EXPECT_EQ(journal.durable(), 1u);
  ASSERT_TRUE(Write(journal, 2).ok());
  EXPECT_EQ(journal.durable(), 1u);
  ASSERT_TRUE(Write(journal, 1).ok());
  EXPECT_EQ(journal.durable(), 3u);
  EXPECT_TRUE(journal.AwaitDurable(3).ok());
  EXPECT_EQ(written_, 2);
  EXPECT_GT(journal.bytes(), 0u);
}

TEST_F(JournalTest, WhatFailedIsKeptUntilItIsWritten) {
  Journal journal(*store_, WriteMode::kNoSync, 1);
  bool fail = true;
  SetFaultHookForTest(
      [&fail](std::string_view) { return fail ? Unavailable("disk on fire") : OkStatus(); });
  const uint64_t sequence = journal.Begin();
  EXPECT_EQ(Write(journal, sequence).code(), StatusCode::kUnavailable);
  EXPECT_EQ(journal.Recover().code(), StatusCode::kUnavailable);
  EXPECT_EQ(journal.AwaitDurable(2).code(), StatusCode::kUnavailable);
  EXPECT_EQ(journal.durable(), sequence);
  EXPECT_EQ(written_, 0);
  fail = false;
  EXPECT_TRUE(journal.Recover().ok());
  EXPECT_TRUE(journal.Recover().ok());
  EXPECT_EQ(written_, 1);
  EXPECT_EQ(journal.durable(), 2u);
  EXPECT_EQ(Load()->next_sequence, 2u);
}

TEST_F(JournalTest, AMissingRecordThatWasWrittenIsALoss) {
  Journal journal(*store_, WriteMode::kNoSync, 1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Write(journal, journal.Begin()).ok());
  ASSERT_TRUE(Load().ok());
  Remove(3);
  const auto loaded = Load();
  EXPECT_EQ(loaded.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(MessageOf(loaded.status()).find("journal record 3 is missing"), std::string::npos)
      << loaded.status();
}

TEST_F(JournalTest, AGapThatACrashLeftIsFilledAndNoLossLater) {
  {
    Journal journal(*store_, WriteMode::kNoSync, 1);
    const uint64_t in_flight = journal.Begin();
    ASSERT_TRUE(Write(journal, journal.Begin()).ok());
    EXPECT_EQ(journal.durable(), in_flight);
  }
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->gaps, std::vector<uint64_t>{1});
  EXPECT_EQ(loaded->next_sequence, 3u);
  Journal journal(*store_, WriteMode::kNoSync, loaded->next_sequence);
  ASSERT_TRUE(journal.FillGaps(loaded->gaps).ok());
  ASSERT_TRUE(Write(journal, journal.Begin()).ok());
  const auto again = Load();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->gaps.empty());
}

// Seals leave the removal of records to RocksDB; nothing of them, damage
// included, may come back at a start.
TEST_F(JournalTest, RecordsBeforeTheTrimMarkAreNotRead) {
  Journal journal(*store_, WriteMode::kNoSync, 1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Write(journal, journal.Begin()).ok());
  const auto batch = store_->NewBatch();
  batch->Put(Family::kJournal, "no key of the journal", "");
  batch->Put(Family::kJournal, JournalKey(2), "damaged");
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kNoSync).ok());
  EXPECT_EQ(Load().status().code(), StatusCode::kDataLoss);
  batch->Clear();
  batch->Delete(Family::kJournal, "no key of the journal");
  std::string mark;
  AppendBigEndian<uint64_t>(mark, 4);
  batch->Put(Family::kMeta, TrimKey(), mark);
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kNoSync).ok());
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->first_sequence, 4u);
  EXPECT_EQ(loaded->next_sequence, 6u);
  EXPECT_TRUE(loaded->gaps.empty());
}

TEST_F(JournalTest, AReplayTellsHowFarItIsAndCanBeStopped) {
  Journal journal(*store_, WriteMode::kNoSync, 1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Write(journal, journal.Begin()).ok());
  std::string last;
  Cancellation cancellation;
  const Progress progress{[&last](std::string_view doing) { last = doing; }, &cancellation};
  ASSERT_TRUE(Load(progress).ok());
  EXPECT_EQ(last, "replaying the journal: 100%, 0 samples");
  cancellation.Cancel();
  EXPECT_EQ(Load(progress).status().code(), StatusCode::kCancelled);
}

TEST_F(JournalTest, ASeriesThatIsNotInTheCatalogIsALoss) {
  JournalWriter writer;
  writer.AddFloat(42, 1000, 1.0);
  const auto batch = store_->NewBatch();
  batch->Put(Family::kJournal, JournalKey(1), writer.Finish(7, 1, 1));
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kNoSync).ok());
  EXPECT_EQ(Load().status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tidemark::tsdb
