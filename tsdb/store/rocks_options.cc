#include "tsdb/store/rocks_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_partitioner.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "tsdb/store/keys.h"
#include "tsdb/store/rocks_logger.h"
#include "tsdb/store/tier_keys.h"

namespace tidemark::tsdb {
namespace {

constexpr uint64_t kMiB = 1ULL << 20;

// Write buffers at the moment of opening.  After a full disk RocksDB waits until
// as much is free as the largest buffer it was opened with, so that one of 256 MiB
// would keep a small file system from ever being written again.
constexpr uint64_t kOpeningBufferBytes = 4 * kMiB;

// The journal's memtable should hold what comes between two seals, so that a
// trimmed record is never written to a file at all.
uint64_t JournalBufferBytes(const StoreOptions& options) {
  return std::clamp(options.memory_bytes / 8, 8 * kMiB, 256 * kMiB);
}

// A histogram's buckets into which nothing falls, and its count, are the same columns,
// often many series apart: zstd finds them only within one block.  A reader of one
// series decompresses a whole one, in some 0.2 ms (docs/performance.md).
constexpr size_t kBlockBytes = 16 << 10;
constexpr size_t kRawBlockBytes = 256 << 10;

std::shared_ptr<rocksdb::TableFactory> MakeTable(Family family,
                                                 const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;  // inside the budget
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.format_version = 5;
  table.block_size = family == Family::kRaw ? kRawBlockBytes : kBlockBytes;
  // A filter of the prefixes, which stand for a series and a day, tells as much.
  table.whole_key_filtering = family != Family::kRaw && family != Family::kTiers;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

}  // namespace

std::string_view FamilyName(Family family) {
  static constexpr std::string_view kNames[kFamilies] = {"catalog", "journal", "raw", "meta",
                                                         "tiers"};
  return kNames[static_cast<size_t>(family)];
}

uint64_t WriteBufferBudget(const StoreOptions& options) {
  return std::max(options.memory_bytes / 4, 16 * kMiB);
}

rocksdb::DBOptions MakeDbOptions(
    const std::shared_ptr<rocksdb::WriteBufferManager>& write_buffers) {
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  // The default, kPointInTimeRecovery, opens without a word at the first record
  // it cannot read, and what was acknowledged after it is gone.  This mode takes
  // a log that ends inside a record (nobody was told that one was written) and
  // refuses to open on anything else.  What it would still pass over, a log cut
  // short at a record's border, shows in the journal's own sequence numbers.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // Seals keep the log short; this bounds it when they fail.
  db.max_total_wal_size = 1024 * kMiB;
  db.write_buffer_manager = write_buffers;
  // One thread inserts for a group of commits, and goes on from where the key before
  // went: keys come sorted.  Threads beside each other begin at the top each time.
  db.allow_concurrent_memtable_write = false;
  db.max_background_jobs = 2;
  db.bytes_per_sync = 1 * kMiB;
  // Errors are resumed from by Store::Resume (RocksWatch::OnBackgroundError): a thread
  // of RocksDB's own that does so leaves Close waiting for ever when it is stopped
  // (7.8: ErrorHandler::RecoverFromRetryableBGIOError).
  db.max_bgerror_resume_count = 0;
  db.stats_dump_period_sec = 0;
  db.info_log = NewRocksLogger();
  return db;
}

rocksdb::ColumnFamilyOptions MakeFamilyOptions(
    Family family, const std::shared_ptr<rocksdb::Cache>& cache,
    const std::shared_ptr<rocksdb::MergeOperator>& raw_merge) {
  rocksdb::ColumnFamilyOptions out;
  out.table_factory = MakeTable(family, cache);
  out.compression = rocksdb::kZSTD;
  out.write_buffer_size = kOpeningBufferBytes;
  // With the default, 2, writes stop when one buffer fills while another is
  // flushed.  What all of them take together is bounded by the budget.
  out.max_write_buffer_number = 8;
  if (family == Family::kJournal) out.compression = rocksdb::kNoCompression;  // short-lived
  if (family == Family::kTiers) {
    out.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kTierPrefixBytes));
    // As in raw, for periods of a tier.
    out.sst_partitioner_factory =
        rocksdb::NewSstPartitionerFixedPrefixFactory(TierPeriodKey(0, 0).size());
  }
  if (family == Family::kRaw) {
    out.merge_operator = raw_merge;
    // A compaction merges what is new into all of the day's blocks, so the more
    // seals it takes at once, the less often each block is written again
    // (bench/seal_bench.cc); a reader looks into as many files.
    out.level0_file_num_compaction_trigger = 8;
    out.level0_slowdown_writes_trigger = 32;
    out.level0_stop_writes_trigger = 48;
    // A day's blocks stay in the first level and sink as they are.
    out.max_bytes_for_level_base = 1024 * kMiB;
    out.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kRawPrefixBytes));
    // Files end where partitions do, so that retention drops whole files.
    out.sst_partitioner_factory =
        rocksdb::NewSstPartitionerFixedPrefixFactory(RawPartitionKey(0).size());
  }
  return out;
}

uint64_t WriteBufferBytes(Family family, const StoreOptions& options) {
  if (family == Family::kJournal) return JournalBufferBytes(options);
  return std::clamp(options.memory_bytes / 16, 4 * kMiB, 64 * kMiB);
}

}  // namespace tidemark::tsdb
