#include "tsdb/head/sealer.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/head/block_runs.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {
namespace {

constexpr size_t kBatchBytes = 4 << 20;

int64_t NewestOf(const Piece& piece) {
  int64_t newest = kNothingSealed;
  for (const auto& chunk : piece.chunks) newest = std::max(newest, chunk->max_t);
  return newest;
}

}  // namespace

Sealer::Sealer(Head& head, Journal& journal, Store& store, PartitionSet& partitions,
               Metrics& metrics)
    : head_(head),
      journal_(journal),
      store_(store),
      partitions_(partitions),
      duration_(metrics.AddHistogram("tidemark_storage_seal_duration_seconds",
                                     "How long seals took.", {0.01, 0.1, 1, 10, 60})),
      sealed_bytes_(metrics.AddCounter("tidemark_storage_sealed_bytes_total",
                                       "Bytes of encoded samples written to blocks.")) {}

Status Sealer::Seal() {
  MutexLock lock(mutex_);
  const auto start = std::chrono::steady_clock::now();
  const uint64_t barrier = Freeze();
  RETURN_IF_ERROR(FaultPoint("seal.frozen"));
  const uint64_t journal_bytes = journal_.bytes();
  RETURN_IF_ERROR(journal_.AwaitDurable(barrier));
  if (frozen_.empty() && journal_bytes == 0) return OkStatus();
  // Files of raw reach the device at once; the series in them must not lag.
  RETURN_IF_ERROR(store_.SyncLog());
  RETURN_IF_ERROR(Merge(barrier));
  RETURN_IF_ERROR(FaultPoint("seal.merged"));
  const Family raw[] = {Family::kRaw};
  RETURN_IF_ERROR(store_.Flush(raw));
  RETURN_IF_ERROR(FaultPoint("seal.flushed"));
  RETURN_IF_ERROR(Trim(barrier));
  journal_.NoteTrim(journal_bytes);
  HandOver();
  RETURN_IF_ERROR(FaultPoint("seal.trimmed"));
  // Lets RocksDB remove its log; what is left of the journal is small.
  const Family logged[] = {Family::kCatalog, Family::kJournal, Family::kMeta};
  RETURN_IF_ERROR(store_.Flush(logged));
  duration_->Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return OkStatus();
}

uint64_t Sealer::Freeze() {
  uint64_t barrier = 0;
  std::vector<Frozen>& frozen = frozen_;
  head_.Walk([this, &barrier, &frozen](size_t k, HeadShard& shard) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (k == 0) barrier = journal_.next();
    for (HeadSeries* series : shard.unsealed) {
      const uint32_t before = series->sample_bytes();
      if (auto piece = series->Freeze()) frozen.push_back({series, std::move(piece)});
      shard.sample_bytes.fetch_add(int64_t{series->sample_bytes()} - int64_t{before},
                                   std::memory_order_relaxed);
      series->listed = false;
    }
    shard.unsealed.clear();
  });
  // In key order; pieces of one series in the order in which they were frozen.
  std::stable_sort(frozen_.begin(), frozen_.end(), [](const Frozen& a, const Frozen& b) {
    return std::tie(a.series->tenant, a.series->id) < std::tie(b.series->tenant, b.series->id);
  });
  return barrier;
}

Status Sealer::Merge(uint64_t barrier) {
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  std::vector<std::shared_ptr<const Piece>> pieces;
  for (size_t i = 0; i < frozen_.size();) {
    const HeadSeries& series = *frozen_[i].series;
    pieces.clear();
    for (; i < frozen_.size() && frozen_[i].series == &series; ++i) {
      pieces.push_back(frozen_[i].piece);
    }
    for (const BlockRuns& block : ToBlockRuns(pieces, barrier - 1)) {
      const RawKey key = RawKeyOf(series.tenant, series.id, block.block_end);
      partitions_.Add(key.partition);
      batch->Merge(Family::kRaw, EncodeRawKey(key), block.runs);
      sealed_bytes_->Add(block.runs.size());
    }
    if (batch->size_bytes() < kBatchBytes && i < frozen_.size()) continue;
    RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kWithoutLog));
    batch->Clear();
  }
  return OkStatus();
}

Status Sealer::Trim(uint64_t barrier) {
  std::map<TenantId, int64_t> newest;
  for (const Frozen& frozen : frozen_) {
    int64_t& bound = newest.try_emplace(frozen.series->tenant, kNothingSealed).first->second;
    bound = std::max(bound, NewestOf(*frozen.piece));
  }
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  for (auto& [id, bound] : newest) {
    HeadTenant* tenant = head_.tenants().Find(id);
    bound = std::max(bound, tenant->sealed_bound.load());
    std::string value;
    AppendTime(value, bound);
    batch->Put(Family::kMeta, SealedKey(id), value);
  }
  std::string trimmed;
  AppendBigEndian<uint64_t>(trimmed, barrier);
  batch->Put(Family::kMeta, TrimKey(), trimmed);
  batch->DeleteRange(Family::kJournal, JournalKey(0), JournalKey(barrier));
  RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kSync));
  for (const auto& [id, bound] : newest) head_.tenants().Find(id)->sealed_bound.store(bound);
  return OkStatus();
}

void Sealer::HandOver() {
  for (const Frozen& frozen : frozen_) {
    HeadShard& shard = head_.shard(frozen.series->shard);
    const int64_t newest = NewestOf(*frozen.piece);
    MutexLock lock(shard.mutex);
    const uint32_t before = frozen.series->sample_bytes();
    frozen.series->HandOver(frozen.piece, newest);
    shard.sample_bytes.fetch_add(int64_t{frozen.series->sample_bytes()} - int64_t{before},
                                 std::memory_order_relaxed);
  }
  frozen_.clear();
}

}  // namespace tidemark::tsdb
