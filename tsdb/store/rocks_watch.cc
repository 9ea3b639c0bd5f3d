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
                                  "`tidemark verify`.")) {
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

// A damaged table that a compaction reads is no reason to stop writing, for good as
// RocksDB would.
void RocksWatch::OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) {
  if (reason == rocksdb::BackgroundErrorReason::kCompaction && error->IsCorruption()) {
    *error = rocksdb::Status::OK();
    return;
  }
  ++errors_seen_;
  errors_->Add();
  Log(LogLevel::kError, "RocksDB's background work failed; writes stop until it succeeds",
      {{"what", NameOf(reason)}, {"error", error->ToString()}});
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
