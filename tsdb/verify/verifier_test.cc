#include "tsdb/verify/verifier.h"

#include <gmock/gmock.h>

#include "tsdb/base/coding.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/float_chunk.h"
#include "tsdb/snapshot/restore.h"
#include "tsdb/store/journal_record.h"
#include "tsdb/store/keys.h"
#include "tsdb/verify/database_for_test.h"

namespace tidemark::tsdb {
namespace {

using testing::HasSubstr;

class VerifierTest : public DatabaseForTest {
 protected:
  // All findings, a line each.
  std::string Verify(const std::string& path) {
    const auto report = Verifier(path).Run();
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return "";
    last_ = *report;
    std::string out;
    for (const Finding& finding : report->findings.list()) {
      out += finding.weight == Finding::Weight::kNote ? "note " : "";
      out += finding.where + ": " + finding.what + ": " + finding.problem + "\n";
    }
    return out;
  }
  VerifyReport last_;
};

TEST_F(VerifierTest, NothingIsWrong) {
  EXPECT_EQ(Verify(path_), "");
  EXPECT_TRUE(last_.sound());
  EXPECT_TRUE(last_.opened);
  EXPECT_EQ(last_.counts.tenants, 1u);
  EXPECT_EQ(last_.counts.series, static_cast<uint64_t>(kSeries));
  EXPECT_EQ(last_.counts.block_samples + last_.counts.journal_samples,
            static_cast<uint64_t>(kSeries * kCommits));
  EXPECT_GT(last_.counts.blocks, 0u);
  EXPECT_GT(last_.counts.journal_records, 0u);
  EXPECT_EQ(last_.counts.exemplars, static_cast<uint64_t>(kSeries * 3));
  EXPECT_EQ(last_.counts.metadata, 1u);
  EXPECT_GT(last_.counts.tables, 0u);
}

TEST_F(VerifierTest, OfASnapshot) {
  std::string snapshot;
  {
    const auto storage = Open(path_);
    const auto name = storage->Snapshot();
    ASSERT_TRUE(name.ok()) << name.status();
    snapshot = path_ + "/snapshots/" + *name;
  }
  EXPECT_EQ(Verify(snapshot), "");
  EXPECT_EQ(last_.counts.block_samples + last_.counts.journal_samples,
            static_cast<uint64_t>(kSeries * kCommits));
  // Looking left it as it was.
  EXPECT_TRUE(RestoreSnapshot(snapshot, folder_ + "/restored", true).ok());
}

TEST_F(VerifierTest, RefusesWhatItCannotLookAt) {
  EXPECT_EQ(Verifier(folder_ + "/none").Run().status().code(), StatusCode::kNotFound);
  const auto storage = Open(path_);
  const auto refused = Verifier(path_).Run();
  EXPECT_EQ(refused.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.status().ToString(), HasSubstr("in use"));
}

std::string RunOf(int64_t min_t, int64_t max_t, uint64_t sequence) {
  // One float, whatever the header says.
  FloatChunk chunk;
  chunk.Append(min_t, 1);
  std::string out;
  AppendRun(out, {Codec::kXorFloat, 1, chunk.bytes()}, {min_t, max_t, sequence, 0});
  return out;
}

TEST_F(VerifierTest, NamesEveryKeyThatIsWrong) {
  const int64_t end = BlockEnd(kNow + 1);
  const RawKey known = RawKeyOf(0, 0, end + 40 * kBlockMs);
  const int64_t in_block = known.block_end - 5;
  RawKey unknown = known;
  unknown.series = 99;
  RawKey elsewhere = known;
  elsewhere.partition += 1;
  std::string damaged = RunOf(in_block, in_block, 1);
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  const std::string sound = RunOf(in_block, in_block, 1);
  JournalWriter stranger;
  stranger.AddFloat(77, kNow, 1);
  const struct {
    Family family;
    std::string key;
    std::string value;
    const char* finding;
  } kCases[] = {
      {Family::kCatalog, "x", "", "catalog: key 78: is no key of the catalog"},
      {Family::kCatalog, SeriesKey(0, 500), "\x05", "catalog: tenant 0, series 500: "},
      {Family::kCatalog, SeriesKey(3, 1), SeriesLabels(1).packed(),
       "tenant 3, series 1: its tenant is not in the catalog"},
      {Family::kCatalog, SeriesKey(0, 700), SeriesLabels(1).packed(), "has the labels of series"},
      {Family::kRaw, "short", sound, "raw: key 73686f7274: is no key of raw"},
      {Family::kRaw, EncodeRawKey(unknown), sound, "its series is not in the catalog"},
      {Family::kRaw, EncodeRawKey(elsewhere), sound, "lies in partition"},
      {Family::kRaw, EncodeRawKey(known), damaged, "byte 0: run: "},
      {Family::kRaw, EncodeRawKey(known), RunOf(in_block, in_block + 1, 1), "announced"},
      {Family::kRaw, EncodeRawKey(known), RunOf(kNow, kNow, 1), "are not all of this block"},
      {Family::kRaw, EncodeRawKey(known), RunOf(in_block, in_block, 1'000'000),
       "holds journal record 1000000, the journal ends before 1"},
      {Family::kJournal, "x", "", "journal: key 78: is no key of the journal"},
      {Family::kJournal, JournalKey(kCommits + 1), "\xff", "journal: record 121: "},
      {Family::kJournal, JournalKey(kCommits + 1), stranger.Finish(0, kCommits + 1, 5),
       "record 121: names 1 series of tenant 0 that are not in the catalog, 77 for one"},
      {Family::kJournal, JournalKey(kCommits + 4), JournalWriter().Finish(0, kCommits + 4, 124),
       "records 121 to 123: are missing, though record 124 says that they were written"},
      {Family::kMeta, "?", "", "meta: key 3f: is no key of meta"},
      {Family::kMeta, RetentionKey(), "1", "meta: retention mark: has 1 bytes, not 8"},
      {Family::kMeta, SealedKey(9), std::string(8, '\0'),
       "newest sealed time of tenant 9: the tenant is not in the catalog"},
      {Family::kMeta, MetadataKey(0, "m"), "\x09", "metadata of tenant 0, metric m: "},
      {Family::kMeta, ExemplarKey({0, 99, kNow}, 1), std::string(8, '\0'),
       "exemplar of tenant 0, series 99 at 2026-01-01T00:00:00.000Z: its series"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.finding);
    path_ = folder_ + "/copy";
    std::filesystem::remove_all(path_);
    std::filesystem::copy(folder_ + "/data", path_, std::filesystem::copy_options::recursive);
    {
      const auto store = OpenStore();
      const auto batch = store->NewBatch();
      batch->Put(c.family, c.key, c.value);
      ASSERT_TRUE(store->Write(*batch, WriteMode::kNoSync).ok());
    }
    EXPECT_THAT(Verify(path_), HasSubstr(c.finding));
    EXPECT_FALSE(last_.sound());
  }
}

TEST_F(VerifierTest, GapsThatNobodyVouchedForAreNotes) {
  {
    const auto store = OpenStore();
    const auto batch = store->NewBatch();
    batch->Put(Family::kJournal, JournalKey(kCommits + 3),
               JournalWriter().Finish(0, kCommits + 3, kCommits));
    ASSERT_TRUE(store->Write(*batch, WriteMode::kNoSync).ok());
  }
  EXPECT_THAT(Verify(path_), HasSubstr("note journal: gaps: 2 commits"));
  EXPECT_TRUE(last_.sound());
}

TEST_F(VerifierTest, NamesTheFileThatIsDamaged) {
  const struct {
    const char* file;
    const char* finding;
  } kCases[] = {
      {".sst", ".sst: "},
      {".log", ".log: bytes "},
      {"MANIFEST", "files: MANIFEST-"},
      {"CURRENT", "files: CURRENT: does not name a manifest"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.file);
    const std::string file = LargestLike(c.file);
    const std::string bytes = *ReadWholeFile(file);
    FlipByte(file, bytes.size() / 3);
    EXPECT_THAT(Verify(path_), HasSubstr(c.finding));
    EXPECT_FALSE(last_.sound());
    Overwrite(file, bytes);
    ASSERT_EQ(Verify(path_), "");
  }
}

// RocksDB passes over such a table, and says that all is well, when its iterator
// comes from another table.
TEST_F(VerifierTest, AReadErrorBetweenTwoTablesIsNotSwallowed) {
  bool found = false;
  for (const std::string& table : FilesLike(".sst")) {
    const std::string bytes = *ReadWholeFile(table);
    FlipByte(table, 100);
    found = Verify(path_).find("raw: scan: scan of raw failed: Corruption") != std::string::npos;
    if (found) break;
    Overwrite(table, bytes);
  }
  ASSERT_TRUE(found);
  // The server starts: all else can be read.
  const auto storage = Open(path_);
  ASSERT_NE(storage, nullptr);
  const auto all = ReadAll(*storage, "default", INT64_MIN, INT64_MAX);
  EXPECT_EQ(all.status().code(), StatusCode::kDataLoss);
  EXPECT_THAT(all.status().ToString(), HasSubstr(".sst"));
}

TEST_F(VerifierTest, ALogThatEndsInARecordIsWhatACrashLeaves) {
  const std::string log = LargestLike(".log");
  const std::string bytes = *ReadWholeFile(log);
  Overwrite(log, bytes.substr(0, bytes.size() - 5));
  EXPECT_THAT(Verify(path_), HasSubstr("note files: "));
  EXPECT_TRUE(last_.sound());
}

}  // namespace
}  // namespace tidemark::tsdb
