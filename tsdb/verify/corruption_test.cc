// Bytes damaged anywhere, in any file: either the database says so when it is
// opened, and what to do, or what is read of it is right or an error.  Never
// another answer, never a database that takes no more writes; and a repair keeps
// all that can be read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tsdb/base/files.h"
#include "tsdb/base/log.h"
#include "tsdb/storage.h"
#include "tsdb/store/table_file.h"
#include "tsdb/verify/history_for_test.h"
#include "tsdb/verify/repair.h"
#include "tsdb/verify/verifier.h"

namespace tidemark::tsdb {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

// Rounds of each test; more of them by hand: TIDEMARK_TEST_ROUNDS=1000.
int Rounds(int usual) {
  const char* wanted = getenv("TIDEMARK_TEST_ROUNDS");
  return wanted == nullptr ? usual : std::atoi(wanted);
}

struct Damage {
  enum class Kind { kFlip, kZero, kCut };

  std::string file;  // its name
  Kind kind;
  size_t at;
  size_t length;  // of kZero

  void Apply(std::string& bytes) const {
    switch (kind) {
      case Kind::kFlip:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (length % 8)));
        break;
      case Kind::kZero:
        std::fill_n(bytes.begin() + static_cast<int64_t>(at), std::min(length, bytes.size() - at),
                    '\0');
        break;
      case Kind::kCut:
        bytes.resize(at);
        break;
    }
  }
  std::string ToString() const {
    static constexpr const char* kNames[] = {"flip", "zero", "cut"};
    return fmt::format("{}: {} at {}, {}", file, kNames[static_cast<int>(kind)], at, length);
  }
};

class CorruptionTest : public testing::Test {
 protected:
  void SetUp() override {
    SetLogLevel(LogLevel::kError);
    std::string pattern = testing::TempDir() + "corruption_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto storage = Open(folder_ + "/live");
    ASSERT_TRUE(storage.ok());
    for (int i = 0; i < History::kSteps; ++i) {
      ASSERT_TRUE(history_.Step(**storage).ok());
      // Tables after a compaction and before it; journal records in tables.
      if (i == 40) {
        ASSERT_TRUE((*storage)->Flush().ok());
      }
      if (i == 55 || i == 80) SealOnly(**storage);
      if (i == 90) {
        *storage = nullptr;
        storage = Open(folder_ + "/live");
        ASSERT_TRUE(storage.ok());
      }
      if (i == 90) sealed_ = static_cast<int64_t>(history_.states().size()) - 1;
    }
    // As kill -9 leaves it: closing would flush the log.
    fs::copy(folder_ + "/live", folder_ + "/sound", fs::copy_options::recursive);
  }
  void TearDown() override {
    fs::remove_all(folder_);
    SetLogLevel(LogLevel::kInfo);
  }

  StatusOr<std::unique_ptr<Storage>> Open(const std::string& path) {
    StorageOptions options;
    options.path = path;
    options.raw_retention_ms = 0;
    options.min_free_disk = 0;
    options.memory_bytes = 64 << 20;
    options.fsync = FsyncMode::kInterval;
    options.series_idle_ms = 0;
    options.clock = &clock_;
    return Storage::Open(options, metrics_);
  }

  // Names of files that begin or end like one of these.
  std::vector<std::string> FilesLike(const std::vector<std::string>& texts) const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder_ + "/sound/db")) {
      const std::string name = entry.path().filename().string();
      const bool like = std::any_of(texts.begin(), texts.end(), [&name](const std::string& text) {
        return name.starts_with(text) || name.ends_with(text);
      });
      if (like && entry.file_size() > 0) out.push_back(name);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Damage RandomDamage(const std::string& file) {
    const size_t size = fs::file_size(folder_ + "/sound/db/" + file);
    Damage out{file, static_cast<Damage::Kind>(random_() % 3), random_() % size,
               size_t{1} << random_() % 13};
    // Headers and footers are few bytes that matter.
    if (random_() % 4 == 0) out.at = std::min(size - 1, out.at % 64);
    if (random_() % 4 == 0) out.at = size - 1 - std::min(size - 1, out.at % 128);
    return out;
  }

  // A copy with the damage; false when it changes nothing.
  bool MakeDamaged(const Damage& damage, const std::string& path) {
    fs::remove_all(path);
    fs::create_directories(path + "/db");
    for (const auto& entry : fs::directory_iterator(folder_ + "/sound/db")) {
      const fs::path to = path + "/db/" + entry.path().filename().string();
      // Tables are never written again.
      if (entry.path().extension() == ".sst") {
        fs::create_hard_link(entry.path(), to);
      } else {
        fs::copy_file(entry.path(), to);
      }
    }
    const std::string file = path + "/db/" + damage.file;
    const std::string bytes = *ReadWholeFile(file);
    std::string changed = bytes;
    damage.Apply(changed);
    fs::remove(file);
    EXPECT_TRUE(WriteNewFile(file, changed).ok());
    return changed != bytes;
  }

  // What may be read without an error: of a log, the end may be lost.
  bool IsRight(const Content& content, bool log) const {
    if (content == history_.content()) return true;
    const auto& states = history_.states();
    return log && std::find(states.begin() + sealed_, states.end(), content) != states.end();
  }

  void Round(const Damage& damage);
  void CheckRefusal(const Status& status);
  void CheckReads(const ReadResult& read, bool log);
  void CheckWrites(Storage& storage);
  void CheckRepair(const std::string& path, const ReadResult& read);
  void Sweep(const std::vector<std::string>& files, int usual);

  // Maintenance seals when time passes, and compacts nothing.
  void SealOnly(Storage& storage) {
    const auto unsealed = [&storage] {
      uint64_t n = 0;
      for (const TenantStats& stats : storage.Stats()) n += stats.head_series;
      return n > 0;
    };
    while (unsealed()) {
      clock_.Advance(3'600'000);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  std::string folder_;
  Metrics metrics_;
  FakeClock clock_{History::kFirst};
  History history_;
  int64_t sealed_ = 0;  // the last state that no log is needed for
  std::mt19937_64 random_{7};
  std::map<std::string, int> outcomes_;
};

// Damage is nobody's fault but the disk's, and there is a way on.
void CorruptionTest::CheckRefusal(const Status& status) {
  EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("tidemark verify"));
  EXPECT_THAT(status.ToString(), HasSubstr("--repair"));
}

void CorruptionTest::CheckReads(const ReadResult& read, bool log) {
  for (const Status& error : read.errors) {
    EXPECT_EQ(error.code(), StatusCode::kDataLoss) << error;
  }
  if (read.errors.empty()) {
    if (IsRight(read.content, log)) return;
    ADD_FAILURE() << "missing: " << Missing(history_.content(), read)
                  << "\nextra: " << Extra(read.content, history_.content());
    return;
  }
  EXPECT_EQ(Extra(read.content, history_.content()), "");
  EXPECT_EQ(Missing(history_.content(), read), "");
}

// What is new goes in and comes out, also after a seal and a compaction that may
// have met the damage.
void CorruptionTest::CheckWrites(Storage& storage) {
  const Labels labels = Labels::Must({{kMetricName, "after"}});
  for (int i = 0; i < 3; ++i) {
    const auto app = storage.NewAppender("default");
    const auto ref = app->GetSeries(labels);
    ASSERT_TRUE(ref.ok()) << ref.status();
    ASSERT_TRUE(app->Append(*ref, {History::TimeOf(History::kSteps + i), 1.0 * i}).ok());
    const auto report = app->Commit();
    ASSERT_TRUE(report.ok()) << report.status();
    const Status flushed = storage.Flush();
    EXPECT_TRUE(flushed.ok() || flushed.code() == StatusCode::kDataLoss) << flushed;
  }
  const auto querier = storage.NewQuerier("default", INT64_MIN, INT64_MAX);
  const Matcher matcher = Matcher::Equal(kMetricName, "after");
  const auto set = (*querier)->Select({&matcher, 1}, {});
  if (!set.ok()) return;
  ASSERT_EQ((*set)->size(), 1u);
  Content lines;
  const Status read = ReadSeries(**set, 0, "default", lines);
  // Of a table without an index, nothing can be read beside it.
  EXPECT_TRUE(read.ok() || read.code() == StatusCode::kDataLoss) << read;
  EXPECT_EQ(lines.size(), read.ok() ? 3u : 0u);
}

void CorruptionTest::CheckRepair(const std::string& path, const ReadResult& read) {
  fs::remove_all(path + ".repaired");
  const auto repaired = RepairDatabase(path);
  ASSERT_TRUE(repaired.ok()) << repaired.status();
  for (const Finding& finding : repaired->result.findings.list()) {
    ADD_FAILURE() << finding.where << ": " << finding.what << ": " << finding.problem;
  }
  const auto storage = Open(repaired->path);
  ASSERT_TRUE(storage.ok()) << storage.status();
  const ReadResult kept = ReadContent(**storage);
  EXPECT_THAT(kept.errors, testing::IsEmpty());
  EXPECT_EQ(Extra(kept.content, history_.ever()), "") << "invented";
  EXPECT_EQ(Extra(read.content, kept.content), "") << "was readable and is lost";
  if (repaired->losses.empty()) {
    EXPECT_EQ(Extra(history_.content(), kept.content), "") << "lost without a word";
    EXPECT_EQ(Extra(kept.content, history_.content()), "") << "came back without a word";
  }
}

void CorruptionTest::Round(const Damage& damage) {
  const std::string path = folder_ + "/damaged";
  if (!MakeDamaged(damage, path)) return;
  const bool log = damage.file.ends_with(".log");
  const auto report = Verifier(path).Run();
  ASSERT_TRUE(report.ok()) << report.status();
  ReadResult read;
  {
    const auto storage = Open(path);
    if (!storage.ok()) {
      CheckRefusal(storage.status());
    } else {
      read = ReadContent(**storage);
      CheckReads(read, log);
      CheckWrites(**storage);
    }
    const bool sound = storage.ok() && read.errors.empty();
    ++outcomes_[!storage.ok() ? "refused" : sound ? "right" : "errors"];
    if (sound) return;
  }
  EXPECT_FALSE(report->sound());
  MakeDamaged(damage, path);
  CheckRepair(path, read);
}

void CorruptionTest::Sweep(const std::vector<std::string>& files, int usual) {
  ASSERT_FALSE(files.empty());
  for (int round = 0; round < Rounds(usual); ++round) {
    const Damage damage = RandomDamage(files[static_cast<size_t>(round) % files.size()]);
    SCOPED_TRACE("round " + std::to_string(round) + ": " + damage.ToString());
    Round(damage);
    if (HasFailure()) return;
  }
  for (const auto& [outcome, n] : outcomes_) {
    RecordProperty(outcome, n);
    std::printf("%s: %d\n", outcome.c_str(), n);
  }
}

TEST_F(CorruptionTest, NothingIsWrongWithoutDamage) {
  const auto storage = Open(folder_ + "/sound");
  ASSERT_TRUE(storage.ok()) << storage.status();
  const ReadResult read = ReadContent(**storage);
  EXPECT_THAT(read.errors, testing::IsEmpty());
  EXPECT_EQ(Missing(history_.content(), read), "");
  EXPECT_EQ(Extra(read.content, history_.content()), "");
}

TEST_F(CorruptionTest, OfLogs) { Sweep(FilesLike({".log"}), 50); }
TEST_F(CorruptionTest, OfTables) { Sweep(FilesLike({".sst"}), 100); }
// A footer that says "no checksums", its first handle at 0 with size 0, and there a
// compression that does not exist with four zeros for a checksum.
TEST_F(CorruptionTest, OfTheKindOfChecksum) {
  constexpr size_t kFooterBytes = 53;
  const std::string name = FilesLike({".sst"}).front();
  std::string bytes = *ReadWholeFile(folder_ + "/sound/db/" + name);
  bytes.replace(0, 5, std::string("\x2a\0\0\0\0", 5));
  bytes.replace(bytes.size() - kFooterBytes, 3, std::string(3, '\0'));
  const std::string path = folder_ + "/" + name;
  ASSERT_TRUE(WriteNewFile(path, bytes).ok());
  const auto table = TableFile::Open(path);
  EXPECT_EQ(table.status().code(), StatusCode::kDataLoss) << table.status();
}
TEST_F(CorruptionTest, OfTheManifest) { Sweep(FilesLike({"MANIFEST"}), 40); }
TEST_F(CorruptionTest, OfSmallFiles) { Sweep(FilesLike({"CURRENT", "OPTIONS", "IDENTITY"}), 20); }

}  // namespace
}  // namespace tidemark::tsdb
