#include "tsdb/store/rocks_watch.h"

#include <string_view>

#include "tsdb/base/log.h"
#include "tsdb/store/rocks_options.h"

namespace tidemark::tsdb {
namespace {

using Condition = rocksdb::WriteStallCondition;

constexpr std::string_view kBudget = "tidemark_storage_memory_budget_bytes";
constexpr std::string_view kUsed = "tidemark_storage_memory_used_bytes";
constexpr std::string_view kBudgetHelp = "What a part of storage.memory may take.";
constexpr std::string_view kUsedHelp =
    "What a part of storage.memory takes; past its budget "
    "writes are answered with 503.";

std::string_view NameOf(rocksdb::BackgroundErrorReason reason) {
  switch (reason) {
    case rocksdb::BackgroundErrorReason::kFlush:
      return "a flush";
    case rocksdb::BackgroundErrorReason::kCompaction:
      return "a compaction";
    case rocksdb::BackgroundErrorReason::kWriteCallback:
      return "a write";
    case rocksdb::BackgroundErrorReason::kMemTable:
      return "an insertion into a write buffer";
    case rocksdb::BackgroundErrorReason::kManifestWrite:
    case rocksdb::BackgroundErrorReason::kManifestWriteNoWAL:
      return "writing the manifest";
    case rocksdb::BackgroundErrorReason::kFlushNoWAL:
      return "a flush";
    default:
      return "background work";
  }
}

}  // namespace

RocksWatch::RocksWatch(Metrics& metrics)
    : stalls_(metrics.AddCounter("tidemark_store_stalls_total",
                                 "Times that RocksDB began to delay or stop writes, because "
                                 "flushes or compactions did not keep up.")),
      errors_(metrics.AddCounter("tidemark_store_background_errors_total",
                                 "Flushes, compactions and other background work of RocksDB that "
                                 "failed; the log has the reason.")),
      damaged_(metrics.AddCounter("tidemark_store_damaged_compactions_total",
                                  "Compactions that met a table which cannot be read; run "
                                  "`tidemark verify`.")),
      log_syncs_(metrics.AddCounter("tidemark_store_log_syncs_total",
                                    "Times that RocksDB's log was synced. Commits and samples "
                                    "for each of them say how many share one.")) {
  for (size_t i = 0; i < kFamilies; ++i) {
    const Metrics::LabelPairs labels = {
        {"family", std::string(FamilyName(static_cast<Family>(i)))}};
    families_[i].flushed_bytes = metrics.AddCounter(
        "tidemark_store_flushed_bytes_total", "Bytes of write buffers written to files.", labels);
    families_[i].compacted_bytes = metrics.AddCounter("tidemark_store_compacted_bytes_total",
                                                      "Bytes that compactions wrote.", labels);
  }
}

std::optional<Family> RocksWatch::FamilyOf(const std::string& name) {
  for (size_t i = 0; i < kFamilies; ++i) {
    if (FamilyName(static_cast<Family>(i)) == name) return static_cast<Family>(i);
  }
  return std::nullopt;
}

const RocksWatch::FamilyCounters* RocksWatch::Find(const std::string& name) const {
  const std::optional<Family> family = FamilyOf(name);
  return family ? &families_[static_cast<size_t>(*family)] : nullptr;
}

std::vector<Family> RocksWatch::TakeDamaged() {
  std::vector<Family> out;
  if (damaged_families_.load(std::memory_order_relaxed) == 0) return out;
  const uint32_t damaged = damaged_families_.exchange(0);
  for (size_t i = 0; i < kFamilies; ++i) {
    if ((damaged >> i & 1) != 0) out.push_back(static_cast<Family>(i));
  }
  return out;
}

void RocksWatch::OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo& info) {
  const auto& properties = info.table_properties;
  if (const FamilyCounters* family = Find(info.cf_name)) {
    family->flushed_bytes->Add(properties.data_size + properties.index_size +
                               properties.filter_size);
  }
}

void RocksWatch::OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo& info) {
  const std::optional<Family> family = FamilyOf(info.cf_name);
  if (!family) return;
  families_[static_cast<size_t>(*family)].compacted_bytes->Add(info.stats.total_output_bytes);
  if (!info.status.IsCorruption()) return;
  damaged_->Add();
  damaged_families_.fetch_or(1U << static_cast<size_t>(*family));
  Log(LogLevel::kError,
      "a compaction met a table that cannot be read; there will be none of this family until the "
      "next start. Run `tidemark verify`, and with --repair keep what can be read",
      {{"family", info.cf_name}, {"error", info.status.ToString()}});
}

void RocksWatch::OnStallConditionsChanged(const rocksdb::WriteStallInfo& info) {
  const bool was = info.condition.prev != Condition::kNormal;
  const bool is = info.condition.cur != Condition::kNormal;
  if (was == is) return;
  stalled_families_.fetch_add(is ? 1 : -1, std::memory_order_relaxed);
  if (is) {
    stalls_->Add();
    Log(LogLevel::kWarn, "writes wait until compaction catches up; senders get 503",
        {{"family", info.cf_name}});
  } else {
    Log(LogLevel::kInfo, "compaction has caught up", {{"family", info.cf_name}});
  }
}

void RocksWatch::OnFileSyncFinish(const rocksdb::FileOperationInfo& info) {
  constexpr std::string_view kLog = ".log";
  const std::string_view path(info.path);
  if (path.size() > kLog.size() && path.substr(path.size() - kLog.size()) == kLog) {
    log_syncs_->Add();
  }
}

// A compaction is begun again by itself, and one that met a damaged table is no
// reason to stop writing, for good as RocksDB would.
//
// RocksDB 7.8 takes any other I/O error for the end.  A hard error is one after
// which Store::Resume flushes what is in memory and goes on with a new log and a
// new manifest; nothing rests on a file after its error, so nothing is lost by that
// (a kernel may drop pages after a sync that failed).  That errors say of
// themselves that they may be tried again would not do: after one of a table
// RocksDB then resumes with the old log, which may have failed meanwhile.
void RocksWatch::OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) {
  const bool compaction = reason == rocksdb::BackgroundErrorReason::kCompaction;
  const bool io = error->IsIOError() && !error->IsNoSpace();  // which has a way out of its own
  if (compaction && error->IsCorruption()) {
    *error = rocksdb::Status::OK();
    return;
  }
  errors_->Add();
  Log(LogLevel::kError,
      compaction ? "a compaction of RocksDB failed and is tried again"
                 : "RocksDB's background work failed; writes stop until it succeeds",
      {{"what", NameOf(reason)}, {"error", error->ToString()}});
  if (compaction && io) {
    *error = rocksdb::Status::OK();
    return;
  }
  {
    MutexLock lock(error_mutex_);
    last_error_ = *error;
  }
  last_error_at_.store(std::chrono::steady_clock::now().time_since_epoch().count());
  const uint64_t seen = ++errors_seen_;
  if (error->IsNoSpace()) full_.store(seen);
  if (!io) return;
  io_error_.store(seen);
  *error = rocksdb::Status(*error, rocksdb::Status::kHardError);
}

rocksdb::Status RocksWatch::last_error() const {
  MutexLock lock(error_mutex_);
  return last_error_;
}

bool RocksWatch::has_just_failed() const {
  constexpr std::chrono::milliseconds kToAct(20);
  const std::chrono::steady_clock::duration last(last_error_at_.load());
  return failed() && std::chrono::steady_clock::now().time_since_epoch() - last < kToAct;
}

void AddStoreGauges(const std::shared_ptr<rocksdb::WriteBufferManager>& buffers,
                    uint64_t buffer_budget, const std::shared_ptr<rocksdb::Cache>& cache,
                    const std::shared_ptr<RocksWatch>& watch, Metrics& metrics) {
  const Metrics::LabelPairs write_buffers = {{"part", "write_buffers"}};
  const Metrics::LabelPairs block_cache = {{"part", "block_cache"}};
  metrics.AddGauge(
      kBudget, kBudgetHelp, [buffer_budget] { return static_cast<double>(buffer_budget); },
      write_buffers);
  metrics.AddGauge(
      kUsed, kUsedHelp, [buffers] { return static_cast<double>(buffers->memory_usage()); },
      write_buffers);
  metrics.AddGauge(
      kBudget, kBudgetHelp, [cache] { return static_cast<double>(cache->GetCapacity()); },
      block_cache);
  metrics.AddGauge(
      kUsed, kUsedHelp, [cache] { return static_cast<double>(cache->GetUsage()); }, block_cache);
  metrics.AddGauge("tidemark_store_stalled",
                   "1 while RocksDB delays or stops writes: senders get 503.",
                   [watch] { return watch->stalled() ? 1.0 : 0.0; });
}

}  // namespace tidemark::tsdb
