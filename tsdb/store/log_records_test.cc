// Against logs that RocksDB wrote.
#include "tsdb/store/log_records.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "tsdb/base/files.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

class LogRecordsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "log_records_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Metrics metrics;
    StoreOptions options;
    options.path = folder_ + "/db";
    options.memory_bytes = 64 << 20;
    const auto store = Store::Open(options, metrics);
    ASSERT_TRUE(store.ok()) << store.status();
    // Some longer than a block of the log.
    for (uint64_t i = 1; i <= kRecords; ++i) {
      const auto batch = (*store)->NewBatch();
      batch->Put(Family::kJournal, JournalKey(i), std::string(i % 7 == 0 ? 70'000 : i * 3, 'x'));
      ASSERT_TRUE((*store)->Write(*batch, WriteMode::kNoSync).ok());
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/db")) {
      const std::string name = entry.path().filename().string();
      auto bytes = ReadWholeFile(entry.path().string());
      ASSERT_TRUE(bytes.ok());
      if (name.ends_with(".log")) log_ = *bytes;
      if (name.starts_with("MANIFEST")) manifest_ = *bytes;
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::vector<std::string> Read(std::string_view bytes, std::vector<LogDamage>* damage) {
    std::vector<std::string> out;
    LogRecords log(bytes);
    while (log.Next()) {
      EXPECT_LT(log.offset(), bytes.size());
      out.push_back(log.record());
    }
    *damage = log.damage();
    return out;
  }

  static constexpr uint64_t kRecords = 40;
  std::string folder_;
  std::string log_;
  std::string manifest_;
};

TEST_F(LogRecordsTest, ReadsAllThatRocksDbWrote) {
  std::vector<LogDamage> damage;
  EXPECT_EQ(Read(log_, &damage).size(), kRecords + 1);  // and the format version
  EXPECT_TRUE(damage.empty());
  EXPECT_GT(Read(manifest_, &damage).size(), 4u);
  EXPECT_TRUE(damage.empty());
  EXPECT_EQ(Read(log_ + std::string(100'000, '\0'), &damage).size(), kRecords + 1);
  EXPECT_TRUE(damage.empty()) << "space that was reserved is no damage";
}

TEST_F(LogRecordsTest, AByteThatIsWrongCostsOneRecordAndIsNamed) {
  std::vector<LogDamage> damage;
  const std::vector<std::string> whole = Read(log_, &damage);
  std::mt19937_64 random(7);
  for (int round = 0; round < 60; ++round) {
    std::string bytes = log_;
    const size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    const std::vector<std::string> got = Read(bytes, &damage);
    SCOPED_TRACE(at);
    ASSERT_FALSE(damage.empty());
    EXPECT_LE(damage.front().begin, at);
    EXPECT_GT(damage.back().end, at);
    EXPECT_FALSE(damage.front().what.empty());
    EXPECT_GE(got.size() + 1, whole.size());
    EXPECT_EQ(damage.back().at_end, got.empty() || got.back() != whole.back());
  }
}

TEST_F(LogRecordsTest, WhatIsCutOrFollowedByGarbageEndsInDamage) {
  std::vector<LogDamage> damage;
  const std::vector<std::string> whole = Read(log_, &damage);
  std::mt19937_64 random(8);
  for (int round = 0; round < 40; ++round) {
    std::string bytes = log_.substr(0, random() % log_.size());
    const size_t kept = bytes.size();
    for (size_t i = random() % 3 * 20'000; i > 0; --i) bytes.push_back(static_cast<char>(random()));
    const std::vector<std::string> got = Read(bytes, &damage);
    SCOPED_TRACE(kept);
    ASSERT_LE(got.size(), whole.size());
    EXPECT_TRUE(std::equal(got.begin(), got.end(), whole.begin()));
    for (const LogDamage& d : damage) EXPECT_TRUE(d.at_end);
    EXPECT_TRUE(bytes.size() == kept || !damage.empty());
  }
}

}  // namespace
}  // namespace tidemark::tsdb
