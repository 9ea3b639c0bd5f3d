#include "tsdb/verify/repair.h"

#include <gmock/gmock.h>

#include <random>

#include "tsdb/store/keys.h"
#include "tsdb/verify/database_for_test.h"

namespace tidemark::tsdb {
namespace {

using testing::HasSubstr;

class RepairTest : public DatabaseForTest {
 protected:
  static constexpr uint64_t kSamples = uint64_t{kSeries} * kCommits;

  // Repairs a copy, and compares what it has with what was written: the new
  // database is sound, and holds no sample that was never there.
  uint64_t RepairAndCount(RepairReport& report) {
    std::filesystem::remove_all(path_ + ".repaired");
    auto repaired = RepairDatabase(path_);
    EXPECT_TRUE(repaired.ok()) << repaired.status();
    if (!repaired.ok()) return 0;
    report = *std::move(repaired);
    for (const Finding& finding : report.result.findings.list()) {
      ADD_FAILURE() << finding.where << ": " << finding.what << ": " << finding.problem;
    }
    uint64_t n = 0;
    for (const auto& [packed, timeline] : ReadAllOf(report.path)) {
      const Timeline& want = model_.series[packed];
      for (const auto& [t, value] : timeline) {
        const auto found = want.find(t);
        EXPECT_TRUE(found != want.end() && SameValue(found->second, value)) << "invented " << t;
        ++n;
      }
    }
    return n;
  }
};

TEST_F(RepairTest, OfASoundDatabaseIsACopy) {
  RepairReport report;
  EXPECT_EQ(RepairAndCount(report), kSamples);
  EXPECT_THAT(report.losses, testing::IsEmpty());
  EXPECT_EQ(report.path, path_ + ".repaired");
  EXPECT_EQ(Difference(ReadAllOf(report.path), model_.series), "");
  EXPECT_EQ(Difference(ReadAllOf(path_), model_.series), "") << "the original stays";
  EXPECT_EQ(RepairDatabase(path_).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(RepairDatabase(folder_ + "/none").status().code(), StatusCode::kNotFound);
}

// Files that RocksDB cannot do without, but whose content is elsewhere too.
TEST_F(RepairTest, NothingIsLostWithoutManifestOrCurrent) {
  for (const char* file : {"CURRENT", "MANIFEST", "OPTIONS"}) {
    SCOPED_TRACE(file);
    for (const std::string& path : FilesLike(file)) std::filesystem::remove(path);
    RepairReport report;
    EXPECT_EQ(RepairAndCount(report), kSamples);
    EXPECT_EQ(Difference(ReadAllOf(report.path), model_.series), "");
  }
}

TEST_F(RepairTest, ADamagedBlockCostsWhatIsInIt) {
  int damaged = 0;
  for (const std::string& table : FilesLike(".sst")) {
    const std::string bytes = *ReadWholeFile(table);
    if (bytes.size() < 3'000) continue;  // of nothing but marks
    SCOPED_TRACE(table);
    FlipByte(table, 100);  // in the first block of data
    RepairReport report;
    const uint64_t left = RepairAndCount(report);
    EXPECT_GT(left, kSamples / 4);
    // A table that a compaction replaced may be there still; one of aggregates costs no
    // samples.
    EXPECT_TRUE(!report.losses.empty() || left == kSamples);
    if (!report.losses.empty()) {
      ++damaged;
      EXPECT_THAT(report.losses[0], HasSubstr(table));
    }
    Overwrite(table, bytes);
  }
  EXPECT_GT(damaged, 0);
}

TEST_F(RepairTest, ADamagedLogCostsTheRecord) {
  const std::string log = LargestLike(".log");
  const std::string bytes = *ReadWholeFile(log);
  FlipByte(log, bytes.size() / 2);
  RepairReport report;
  EXPECT_EQ(RepairAndCount(report), kSamples - kSeries) << "one commit";
  ASSERT_THAT(report.losses, testing::Not(testing::IsEmpty()));
  EXPECT_THAT(report.losses[0], HasSubstr(".log: bytes "));
  EXPECT_THAT(report.losses.back(), HasSubstr("1 journal records"));
}

TEST_F(RepairTest, AnythingThatIsDamagedLeavesASoundDatabase) {
  std::mt19937_64 random(11);
  const std::vector<std::string> files = FilesLike("");
  for (int round = 0; round < 12; ++round) {
    const std::string& path = files[random() % files.size()];
    const std::string bytes = *ReadWholeFile(path);
    if (bytes.empty()) continue;
    SCOPED_TRACE("round " + std::to_string(round) + " " + path);
    std::string damaged = bytes;
    if (round % 3 == 0) {
      damaged.resize(random() % damaged.size());
    } else {
      for (size_t i = random() % damaged.size(), n = 0; n < 40 && i < damaged.size(); ++i, ++n) {
        damaged[i] = static_cast<char>(random());
      }
    }
    Overwrite(path, damaged);
    RepairReport report;
    RepairAndCount(report);
    if (HasFailure()) return;
    Overwrite(path, bytes);
  }
}

// What was said to be lost is what is not there.
TEST_F(RepairTest, WhatIsWrongInsideIsLeftOut) {
  {
    const auto store = OpenStore();
    const auto batch = store->NewBatch();
    batch->Put(Family::kCatalog, SeriesKey(0, 0), "\x05");  // the labels of one series
    batch->Put(Family::kRaw, "short", "x");
    batch->Put(Family::kMeta, "?", "x");
    ASSERT_TRUE(store->Write(*batch, WriteMode::kNoSync).ok());
  }
  RepairReport report;
  EXPECT_EQ(RepairAndCount(report), kSamples - kCommits);
  EXPECT_EQ(report.lost_series, 1u);
  EXPECT_EQ(report.lost_samples, static_cast<uint64_t>(kCommits));
}

TEST_F(RepairTest, ATenantWithoutANameGetsOne) {
  {
    const auto store = OpenStore();
    const auto batch = store->NewBatch();
    batch->Put(Family::kCatalog, TenantKey(0), "");
    ASSERT_TRUE(store->Write(*batch, WriteMode::kNoSync).ok());
  }
  RepairReport report;
  RepairAndCount(report);
  const auto storage = Open(report.path);
  const auto got = ReadAll(*storage, "recovered-0", INT64_MIN, INT64_MAX);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(Difference(*got, model_.series), "");
}

}  // namespace
}  // namespace tidemark::tsdb
