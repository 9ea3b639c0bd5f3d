#include "tsdb/store/store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tsdb/base/coding.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/store/disk_faults.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

std::string OneRun(int64_t t, double v) {
  FloatChunk chunk;
  chunk.Append(t, v);
  std::string out;
  AppendRun(out, chunk.view(), {t, t, 1, 0});
  return out;
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "store_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    options_.path = pattern + "/db";
    options_.memory_bytes = 64 << 20;
    ASSERT_TRUE(Open().ok());
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(std::filesystem::path(options_.path).parent_path());
  }
  Status Open() {
    store_.reset();
    ASSIGN_OR_RETURN(store_, Store::Open(options_, metrics_));
    return OkStatus();
  }
  void Put(Family family, std::string_view key, std::string_view value,
           WriteMode mode = WriteMode::kNoSync) {
    const auto batch = store_->NewBatch();
    batch->Put(family, key, value);
    ASSERT_TRUE(store_->Write(*batch, mode).ok());
  }
  void Merge(const RawKey& key, std::string_view run) {
    const auto batch = store_->NewBatch();
    batch->Merge(Family::kRaw, EncodeRawKey(key), run);
    ASSERT_TRUE(store_->Write(*batch, WriteMode::kWithoutLog).ok());
  }
  std::string Get(Family family, std::string_view key) {
    const auto got = store_->Get(family, key);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() && *got ? **got : "(none)";
  }
  // Writes into RocksDB behind the store's back.
  void PutFormat(uint32_t version) {
    std::string value;
    AppendBigEndian<uint32_t>(value, version);
    WithRocksDb([&](rocksdb::DB* db) { EXPECT_TRUE(db->Put({}, "format", value).ok()); });
  }
  uint32_t GetFormat() {
    std::string value;
    WithRocksDb([&](rocksdb::DB* db) { EXPECT_TRUE(db->Get({}, "format", &value).ok()); });
    std::string_view in = value;
    uint32_t version = 0;
    EXPECT_TRUE(ReadBigEndian(in, version));
    return version;
  }
  template <typename F>
  void WithRocksDb(F f) {
    store_.reset();
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const char* name : {"default", "catalog", "journal", "raw", "meta", "tiers"}) {
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    ASSERT_TRUE(rocksdb::DB::Open({}, options_.path, families, &handles, &db).ok());
    f(db);
    for (auto* handle : handles) EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    delete db;
  }

  Metrics metrics_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
};

// What files with this extension take of the disk.
uint64_t BytesOnDisk(const std::string& folder, std::string_view extension) {
  uint64_t sum = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == extension) sum += entry.file_size();
  }
  return sum;
}

TEST_F(StoreTest, WhatIsWrittenIsThereAfterReopening) {
  auto batch = store_->NewBatch();
  batch->Put(Family::kJournal, JournalKey(1), "one");
  batch->Put(Family::kJournal, JournalKey(2), "two");
  batch->Put(Family::kMeta, "m", "meta");
  EXPECT_GT(batch->size_bytes(), 0u);
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kSync).ok());
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kNoSync).ok());  // again
  batch.reset();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Get(Family::kJournal, JournalKey(2)), "two");
  EXPECT_EQ(Get(Family::kMeta, "m"), "meta");
  EXPECT_EQ(Get(Family::kCatalog, "m"), "(none)");
  batch = store_->NewBatch();
  batch->Put(Family::kMeta, "dropped", "by Clear");
  batch->Clear();
  batch->Delete(Family::kJournal, JournalKey(1));
  ASSERT_TRUE(store_->Write(*batch, WriteMode::kNoSync).ok());
  EXPECT_EQ(Get(Family::kJournal, JournalKey(1)), "(none)");
  EXPECT_EQ(Get(Family::kJournal, JournalKey(2)), "two");
}

TEST_F(StoreTest, MergedRunsAreTheirUnionBeforeAndAfterCompaction) {
  const RawKey key = RawKeyOf(1, 2, BlockEnd(1000));
  Merge(key, OneRun(1000, 1));
  Merge(key, OneRun(2000, 2));
  ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  Merge(key, OneRun(1000, 9));  // came second: does not count
  for (int i = 0; i < 2; ++i) {
    RunListIterator it(Get(Family::kRaw, EncodeRawKey(key)));
    std::vector<double> values;
    while (it.Next()) values.insert(values.end(), it.run().v.begin(), it.run().v.end());
    EXPECT_TRUE(it.status().ok());
    EXPECT_EQ(values, (std::vector<double>{1, 2}));
    ASSERT_TRUE(store_->Compact(Family::kRaw).ok());
  }
}

std::set<std::string> Tables(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".sst") names.insert(entry.path().filename());
  }
  return names;
}

TEST_F(StoreTest, MergeTablesLeavesTheOnlyTableAlone) {
  const RawKey key = RawKeyOf(1, 2, BlockEnd(1000));
  Merge(key, OneRun(1000, 1));
  ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  const std::set<std::string> only = Tables(options_.path);
  ASSERT_TRUE(store_->MergeTables(Family::kRaw).ok());
  EXPECT_EQ(Tables(options_.path), only);

  Merge(key, OneRun(2000, 2));
  ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  EXPECT_EQ(Tables(options_.path).size(), only.size() + 1);
  ASSERT_TRUE(store_->MergeTables(Family::kRaw).ok());
  const std::set<std::string> merged = Tables(options_.path);
  EXPECT_EQ(merged.size(), only.size());
  EXPECT_NE(merged, only);
  EXPECT_FALSE(Get(Family::kRaw, EncodeRawKey(key)).empty());
  ASSERT_TRUE(store_->MergeTables(Family::kRaw).ok());
  EXPECT_EQ(Tables(options_.path), merged);
}

// An older value in a file, one in a newer file, one in the memtable; read at
// once, from files of all levels, and from the merged value.
TEST_F(StoreTest, CutsRemoveWhatIsOlderAtEveryStage) {
  const RawKey key = RawKeyOf(1, 2, BlockEnd(1000));
  const RawKey only_cut = RawKeyOf(1, 3, BlockEnd(1000));
  std::string cut;
  AppendCut(cut, {1000, 2000}, 5);
  Merge(key, OneRun(1000, 1));
  Merge(key, OneRun(2000, 2));
  Merge(only_cut, OneRun(2000, 2));
  ASSERT_TRUE(store_->Compact(Family::kRaw).ok());
  Merge(key, cut);
  Merge(only_cut, cut);
  ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  Merge(key, OneRun(1500, 3));
  const RawKey none_before = RawKeyOf(1, 4, BlockEnd(1000));
  Merge(none_before, cut);
  for (int i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    RunListIterator it(Get(Family::kRaw, EncodeRawKey(key)));
    std::vector<double> values;
    while (it.Next()) values.insert(values.end(), it.run().v.begin(), it.run().v.end());
    EXPECT_TRUE(it.status().ok());
    EXPECT_EQ(values, (std::vector<double>{1, 3}));
    EXPECT_EQ(Get(Family::kRaw, EncodeRawKey(only_cut)), "");
    EXPECT_EQ(Get(Family::kRaw, EncodeRawKey(none_before)), "");
    ASSERT_TRUE(i == 0 ? store_->Flush(std::vector{Family::kRaw}).ok()
                       : store_->Compact(Family::kRaw).ok());
  }
}

TEST_F(StoreTest, BytesThatAreNoRunAreKeptAndDoNotStopTheDatabase) {
  const RawKey key = RawKeyOf(1, 2, BlockEnd(1000));
  Merge(key, OneRun(1000, 1));
  Merge(key, "no run at all");
  ASSERT_TRUE(store_->Compact(Family::kRaw).ok());
  RunListIterator it(Get(Family::kRaw, EncodeRawKey(key)));
  EXPECT_TRUE(it.Next());
  EXPECT_EQ(it.run().v[0], 1);
  EXPECT_FALSE(it.Next());
  EXPECT_EQ(it.status().code(), StatusCode::kDataLoss);
  Put(Family::kMeta, "still", "writable");
}

TEST_F(StoreTest, ARawIteratorStaysWithinItsSeriesAndPartition) {
  for (const SeriesId series : {1, 2}) {
    for (const int64_t end : {kBlockMs - 1, kBlockMs, 2 * kBlockMs}) {
      Merge(RawKeyOf(7, series, end), OneRun(end, 1));  // the first two in one partition
    }
  }
  for (const bool flushed : {false, true}) {
    SCOPED_TRACE(flushed);
    const auto it = store_->NewRawIterator();
    size_t n = 0;
    for (it->Seek(EncodeRawKey(RawKeyOf(7, 1, 1))); it->Valid(); it->Next()) ++n;
    EXPECT_EQ(n, 2u);
    it->Seek(EncodeRawKey(RawKeyOf(7, 3, BlockEnd(1))));
    EXPECT_FALSE(it->Valid());
    EXPECT_TRUE(it->status().ok());
    ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  }
}

TEST_F(StoreTest, WritesThatAreSyncedShowInTheMetrics) {
  const auto syncs = [this] {
    for (const Metrics::Family& family : metrics_.Collect()) {
      if (family.name == "tidemark_store_log_syncs_total") return family.children.at(0).value;
    }
    return -1.0;
  };
  const double before = syncs();
  for (const WriteMode mode : {WriteMode::kSync, WriteMode::kNoSync, WriteMode::kSync}) {
    const auto batch = store_->NewBatch();
    batch->Put(Family::kMeta, "z", "1");
    ASSERT_TRUE(store_->Write(*batch, mode).ok());
  }
  EXPECT_EQ(syncs(), before + 2);
}

TEST_F(StoreTest, AReleasedLogIsGoneFromTheDisk) {
  const std::string bytes(1000, 'x');
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    for (uint64_t sequence = 1; sequence <= 500; ++sequence) {
      Put(Family::kJournal, JournalKey(sequence), bytes);
      Put(Family::kMeta, "m" + std::to_string(sequence), "meta");
    }
    Merge(RawKeyOf(1, 2, BlockEnd(1000)), OneRun(1000, 1));
    ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
    store_->DropBefore(Family::kJournal, JournalKey(501));
    EXPECT_GT(BytesOnDisk(options_.path, ".log"), 500'000u);
    ASSERT_TRUE(store_->ReleaseLog().ok());
    EXPECT_LT(BytesOnDisk(options_.path, ".log"), 1000u);
    EXPECT_LT(BytesOnDisk(options_.path, ".sst"), 100'000u) << "trimmed records are in a file";
    EXPECT_EQ(Get(Family::kJournal, JournalKey(500)), "(none)");
  }
}

// Debian's RocksDB ends the process when a compaction that leaves only markers of
// deleted ranges cannot write them.
TEST_F(StoreTest, WhatLeavesNothingNeedsNoTable) {
  store_.reset();
  DiskFaults disk;
  ASSERT_TRUE(Open().ok());
  for (uint64_t sequence = 1; sequence <= 9; ++sequence) {
    Put(Family::kJournal, JournalKey(sequence), "record");
    if (sequence % 3 == 0) {
      ASSERT_TRUE(store_->ReleaseLog().ok());
    }
  }
  for (int64_t day = 0; day < 3; ++day) Merge(RawKeyOf(1, 2, BlockEnd(day)), OneRun(day, 1));
  ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  disk.Fail(FileKind::kTable, DiskOperation::kSync);
  store_->DropBefore(Family::kJournal, JournalKey(10));
  EXPECT_TRUE(store_->Compact(Family::kJournal).ok());
  EXPECT_TRUE(store_->Drop(Family::kRaw, RawPartitionKey(-1), RawPartitionKey(10)).ok());
  EXPECT_EQ(disk.failed(), 0u);
  for (const Family family : {Family::kJournal, Family::kRaw}) {
    const auto it = store_->NewIterator(family);
    it->Seek("");
    EXPECT_FALSE(it->Valid());
    EXPECT_TRUE(it->status().ok());
  }
  disk.Heal();
  Put(Family::kJournal, JournalKey(10), "record");
  EXPECT_EQ(Get(Family::kJournal, JournalKey(10)), "record");
  store_.reset();  // before the disk
}

TEST_F(StoreTest, ABurstOfWritesIsTakenAndShowsInTheLoad) {
  const std::string bytes(100'000, 'x');
  uint64_t most = 0;
  for (uint64_t sequence = 0; sequence < 400; ++sequence) {
    Put(Family::kJournal, JournalKey(sequence), bytes);  // none fails
    most = std::max(most, store_->load().write_buffer_bytes);
  }
  EXPECT_EQ(store_->load().write_buffer_budget, options_.memory_bytes / 4);
  EXPECT_GT(most, 8u << 20);
  ASSERT_TRUE(store_->ReleaseLog().ok());
  EXPECT_LT(store_->load().write_buffer_bytes, 4u << 20);
  EXPECT_FALSE(store_->load().stalled);
}

TEST_F(StoreTest, DropGivesTheSpaceBack) {
  // Of bytes that zstd cannot make smaller, and does not find again in another block.
  std::mt19937_64 random(1);
  for (int64_t day = 0; day < 4; ++day) {
    for (SeriesId series = 0; series < 50; ++series) {
      const RawKey key = RawKeyOf(1, series, BlockEnd(day * kPartitionMs + 1));
      std::string bytes;
      for (int i = 0; i < 2500; ++i) AppendBigEndian<uint64_t>(bytes, random());
      Merge(key, OneRun(day, static_cast<double>(series)) + bytes);
    }
    ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  }
  const uint64_t before = BytesOnDisk(options_.path, ".sst");
  EXPECT_GT(before, 4 * 50 * 20'000u);
  ASSERT_TRUE(store_->Drop(Family::kRaw, RawPartitionKey(1), RawPartitionKey(4)).ok());
  EXPECT_LT(BytesOnDisk(options_.path, ".sst"), before / 3);
  const auto it = store_->NewIterator(Family::kRaw);
  size_t n = 0;
  for (it->Seek(""); it->Valid(); it->Next()) {
    RawKey key;
    ASSERT_TRUE(DecodeRawKey(it->key(), key));
    EXPECT_EQ(key.partition, 4);
    ++n;
  }
  EXPECT_EQ(n, 50u);
}

TEST_F(StoreTest, WhatCannotBeOpenedSaysWhy) {
  Metrics other_metrics;
  const auto second = Store::Open(options_, other_metrics);
  EXPECT_EQ(second.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(second.status().message().find("in use by another process"), std::string::npos);

  PutFormat(kFormatVersion + 1);
  const Status newer = Open();
  EXPECT_EQ(newer.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(newer.message().find("newer version of Tidemark (format 4"), std::string::npos)
      << newer;
  PutFormat(kFormatVersion - 1);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(GetFormat(), kFormatVersion) << "an older program must not open it any more";

  StoreOptions file = options_;
  file.path = options_.path + "/CURRENT";
  EXPECT_EQ(Store::Open(file, metrics_).status().code(), StatusCode::kFailedPrecondition);

  std::filesystem::remove(options_.path + "/CURRENT");
  const Status headless = Open();
  EXPECT_EQ(headless.code(), StatusCode::kDataLoss);
  EXPECT_NE(headless.message().find("lost its file CURRENT"), std::string::npos) << headless;
}

// Format 2 had blocks of four hours.
TEST_F(StoreTest, BlocksOfFormat2AreWidened) {
  const auto narrow = [](SeriesId series, int block, int64_t t) {
    return std::pair(RawKey{1, 7, series, block * kNarrowBlockMs}, OneRun(t, 1));
  };
  const RawKey wide = RawKeyOf(7, 1, kBlockMs);
  for (const auto& [key, run] : {narrow(1, 1, 5), narrow(1, 6, kBlockMs), narrow(2, 3, 9)}) {
    Merge(key, run);
  }
  Put(Family::kRaw, "no key", "stays");
  Merge(wide, OneRun(kNarrowBlockMs + 1, 2));  // as if the upgrade had been cut short
  ASSERT_TRUE(store_->Flush(std::vector{Family::kRaw}).ok());
  PutFormat(2);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(store_->format(), kFormatVersion);
  RunListIterator it(Get(Family::kRaw, EncodeRawKey(wide)));
  std::vector<int64_t> times;
  while (it.Next()) times.insert(times.end(), it.run().t.begin(), it.run().t.end());
  EXPECT_TRUE(it.status().ok()) << it.status();
  EXPECT_EQ(times, (std::vector<int64_t>{5, kNarrowBlockMs + 1, kBlockMs}));
  EXPECT_NE(Get(Family::kRaw, EncodeRawKey(RawKeyOf(7, 2, kBlockMs))), "(none)");
  EXPECT_EQ(Get(Family::kRaw, EncodeRawKey(narrow(1, 1, 0).first)), "(none)");
  EXPECT_EQ(Get(Family::kRaw, "no key"), "stays");
}

std::filesystem::path NewestLog(const std::string& folder) {
  std::filesystem::path newest;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
  }
  return newest;
}

// Copies the database while it is open: as a crash leaves it.
class StoreCrashTest : public StoreTest {
 protected:
  void Crash() {
    const std::string copy = options_.path + "-crashed";
    std::filesystem::copy(options_.path, copy);
    store_.reset();
    std::filesystem::remove_all(options_.path);
    std::filesystem::rename(copy, options_.path);
  }
};

TEST_F(StoreCrashTest, ALogThatEndsInsideARecordLosesThatRecordOnly) {
  Put(Family::kJournal, JournalKey(1), "one");
  Put(Family::kJournal, JournalKey(2), std::string(5000, 'x'));
  Crash();
  const auto log = NewestLog(options_.path);
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 100);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Get(Family::kJournal, JournalKey(1)), "one");
  EXPECT_EQ(Get(Family::kJournal, JournalKey(2)), "(none)");
}

TEST_F(StoreCrashTest, ADamagedRecordBeforeOthersIsNotPassedOver) {
  Put(Family::kJournal, JournalKey(1), std::string(5000, 'x'));
  Put(Family::kJournal, JournalKey(2), std::string(5000, 'y'));
  Crash();
  std::fstream log(NewestLog(options_.path), std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(2500);
  log.put('?');
  log.close();
  EXPECT_EQ(Open().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tidemark::tsdb
