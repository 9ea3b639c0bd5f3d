#include "tsdb/store/rocks_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tidemark::tsdb {
namespace {

using Condition = rocksdb::WriteStallCondition;

// Of the child with this label value; "": the only one.
double ValueOf(const Metrics& metrics, std::string_view name, std::string_view label = "") {
  for (const Metrics::Family& family : metrics.Collect()) {
    if (family.name != name) continue;
    for (const Metrics::Child& child : family.children) {
      if (label.empty() || child.labels.at(0).second == label) return child.value;
    }
  }
  ADD_FAILURE() << name << " " << label << " is not there";
  return -1;
}

rocksdb::WriteStallInfo Stall(const std::string& family, Condition from, Condition to) {
  rocksdb::WriteStallInfo info;
  info.cf_name = family;
  info.condition.prev = from;
  info.condition.cur = to;
  return info;
}

TEST(RocksWatchTest, WritesWaitWhileAnyFamilyIsStalled) {
  Metrics metrics;
  RocksWatch watch(metrics);
  const struct {
    const char* family;
    Condition from, to;
    bool stalled;
  } steps[] = {
      {"raw", Condition::kNormal, Condition::kDelayed, true},
      {"journal", Condition::kNormal, Condition::kStopped, true},
      {"raw", Condition::kDelayed, Condition::kStopped, true},
      {"raw", Condition::kStopped, Condition::kNormal, true},
      {"journal", Condition::kStopped, Condition::kDelayed, true},
      {"journal", Condition::kDelayed, Condition::kNormal, false},
  };
  EXPECT_FALSE(watch.stalled());
  for (const auto& step : steps) {
    watch.OnStallConditionsChanged(Stall(step.family, step.from, step.to));
    EXPECT_EQ(watch.stalled(), step.stalled) << step.family;
  }
  EXPECT_EQ(ValueOf(metrics, "tidemark_store_stalls_total"), 2);
}

TEST(RocksWatchTest, BackgroundWorkIsCounted) {
  Metrics metrics;
  RocksWatch watch(metrics);
  rocksdb::FlushJobInfo flush;
  flush.cf_name = "raw";
  flush.table_properties.data_size = 1000;
  flush.table_properties.index_size = 10;
  watch.OnFlushCompleted(nullptr, flush);
  flush.cf_name = "default";  // holds nothing of ours
  watch.OnFlushCompleted(nullptr, flush);
  rocksdb::CompactionJobInfo compaction;
  compaction.cf_name = "meta";
  compaction.stats.total_output_bytes = 77;
  watch.OnCompactionCompleted(nullptr, compaction);
  rocksdb::Status error = rocksdb::Status::NoSpace("full");
  watch.OnBackgroundError(rocksdb::BackgroundErrorReason::kFlush, &error);
  EXPECT_TRUE(error.IsNoSpace()) << "the error stays RocksDB's";
  EXPECT_EQ(ValueOf(metrics, "tidemark_store_flushed_bytes_total", "raw"), 1010);
  EXPECT_EQ(ValueOf(metrics, "tidemark_store_compacted_bytes_total", "meta"), 77);
  EXPECT_EQ(ValueOf(metrics, "tidemark_store_compacted_bytes_total", "raw"), 0);
  EXPECT_EQ(ValueOf(metrics, "tidemark_store_background_errors_total"), 1);
}

TEST(RocksWatchTest, SyncsOfTheLogAreCounted) {
  using Operation = rocksdb::FileOperationInfo;
  Metrics metrics;
  RocksWatch watch(metrics);
  const auto begin = Operation::StartNow();
  const auto end = Operation::FinishNow();
  for (const char* path : {"db/000012.log", "db/000013.sst", "db/MANIFEST-000005", "log"}) {
    watch.OnFileSyncFinish(
        {rocksdb::FileOperationType::kSync, path, begin, end, rocksdb::Status::OK()});
  }
  EXPECT_EQ(ValueOf(metrics, "tidemark_store_log_syncs_total"), 1);
}

TEST(RocksWatchTest, AnIoErrorMayBeResumedFrom) {
  using Reason = rocksdb::BackgroundErrorReason;
  using Severity = rocksdb::Status::Severity;
  const auto io = rocksdb::Status(rocksdb::Status::IOError("x"), Severity::kFatalError);
  const auto damage = rocksdb::Status(rocksdb::Status::Corruption("x"), Severity::kFatalError);
  const auto full = rocksdb::Status(rocksdb::Status::NoSpace("x"), Severity::kSoftError);
  const struct {
    Reason reason;
    rocksdb::Status error;
    Severity severity;
    bool failed;
  } kCases[] = {
      {Reason::kWriteCallback, io, Severity::kHardError, true},
      {Reason::kFlushNoWAL, io, Severity::kHardError, true},
      {Reason::kManifestWriteNoWAL, io, Severity::kHardError, true},
      {Reason::kMemTable, io, Severity::kHardError, true},
      {Reason::kFlush, full, Severity::kSoftError, true},
      {Reason::kFlush, damage, Severity::kFatalError, true},
      {Reason::kCompaction, io, Severity::kNoError, false},
      {Reason::kCompaction, damage, Severity::kNoError, false},
      {Reason::kCompaction, full, Severity::kSoftError, true},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.error.ToString());
    Metrics metrics;
    RocksWatch watch(metrics);
    rocksdb::Status error = c.error;
    watch.OnBackgroundError(c.reason, &error);
    EXPECT_EQ(error.severity(), c.severity);
    EXPECT_EQ(watch.failed(), c.failed);
    EXPECT_EQ(watch.must_resume(), c.severity == Severity::kHardError);
    watch.NoteResumed(watch.errors_seen());
    EXPECT_FALSE(watch.failed());
  }
}

}  // namespace
}  // namespace tidemark::tsdb
