#include "tsdb/head/sealer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/block/stored_blocks.h"
#include "tsdb/head/block_runs.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {
namespace {

// Commits wait while RocksDB takes a batch: about a millisecond.
constexpr size_t kBatchBytes = 256 << 10;
// Series frozen under one hold of a shard's lock: some 50 microseconds.
constexpr size_t kFreezeAtOnce = 256;

int64_t NewestOf(const Piece& piece) {
  int64_t newest = kNothingSealed;
  for (const auto& chunk : piece.chunks) newest = std::max(newest, chunk->max_t);
  return newest;
}

}  // namespace

Sealer::Sealer(Head& head, Journal& journal, Store& store, const SealedDays& days,
               const Clock& clock, Metrics& metrics)
    : head_(head),
      journal_(journal),
      store_(store),
      days_(days),
      clock_(clock),
      duration_(metrics.AddHistogram("tidemark_storage_seal_duration_seconds",
                                     "How long seals took.", {0.01, 0.1, 1, 10, 60})),
      sealed_bytes_(metrics.AddCounter("tidemark_storage_sealed_bytes_total",
                                       "Bytes of encoded samples written to blocks.")) {}

Status Sealer::Seal() {
  MutexLock lock(mutex_);
  const auto start = std::chrono::steady_clock::now();
  const uint64_t journal_bytes = journal_.bytes();
  const uint64_t barrier = journal_.next();
  RETURN_IF_ERROR(journal_.AwaitDurable(barrier));
  if (frozen_.empty() && journal_bytes == 0 && head_.sample_bytes() == 0) return OkStatus();
  RETURN_IF_ERROR(MoveFrozen());
  for (size_t k = 0; k < kHeadShards; ++k) RETURN_IF_ERROR(SealShard(k));
  RETURN_IF_ERROR(FaultPoint("seal.merged"));
  const Family sealed[] = {Family::kRaw, Family::kTiers};
  RETURN_IF_ERROR(store_.Flush(sealed));
  RETURN_IF_ERROR(FaultPoint("seal.flushed"));
  RETURN_IF_ERROR(Trim(barrier));
  journal_.NoteTrim(journal_bytes);
  RETURN_IF_ERROR(FaultPoint("seal.trimmed"));
  RETURN_IF_ERROR(store_.ReleaseLog());
  duration_->Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return OkStatus();
}

Status Sealer::Between(const std::function<Status()>& work) {
  MutexLock lock(mutex_);
  return work();
}

Status Sealer::SealShard(size_t k) {
  Freeze(head_.shard(k));
  if (frozen_.empty()) return OkStatus();
  RETURN_IF_ERROR(FaultPoint("seal.frozen"));
  return MoveFrozen();
}

void Sealer::Freeze(HeadShard& shard) {
  size_t left = 0;
  {
    MutexLock lock(shard.mutex);
    left = shard.unsealed.size();
  }
  while (left > 0) {
    MutexLock lock(shard.mutex);
    for (size_t i = 0; i < kFreezeAtOnce && left > 0; ++i, --left) {
      HeadSeries* const series = shard.unsealed.front();
      shard.unsealed.pop_front();
      series->listed = false;
      const uint32_t before = series->sample_bytes();
      if (auto piece = series->Freeze()) {
        frozen_.push_back({{series->tenant, series->id}, series, std::move(piece)});
      }
      shard.NoteBytes(*series, before);
    }
  }
}

Status Sealer::MoveFrozen() {
  if (frozen_.empty()) return OkStatus();
  // In key order; pieces of one series in the order in which they were frozen.
  std::stable_sort(frozen_.begin(), frozen_.end(),
                   [](const Frozen& a, const Frozen& b) { return a.key < b.key; });
  // Commits went on after the barrier; what they added may be frozen, too.
  const uint64_t next = journal_.next();
  RETURN_IF_ERROR(journal_.AwaitDurable(next));
  RETURN_IF_ERROR(store_.SyncLog());
  RETURN_IF_ERROR(Merge(next - 1));
  // Before the hand-over: then a series may leave the memory.
  RETURN_IF_ERROR(days_.presence.Write());
  HandOver();
  return OkStatus();
}

// Most series are in the partition that they were in last; presence noted once
// more, after late samples or a restart, costs a few bytes.
void Sealer::NotePresence(HeadSeries& series, Partition partition) {
  if (series.noted_in == partition) return;
  days_.presence.Note(series.tenant, series.id, partition);
  series.noted_in = partition;
}

void Sealer::MarkDirty(const RawKey& key, HourMask hours, uint64_t ticket, WriteBatch& batch) {
  if (!HasTiers(key.partition)) return;
  const DirtyHours dirty{hours, clock_.NowMs()};
  days_.dirty.Note(key.partition, dirty, ticket);
  batch.Put(Family::kTiers, EncodeDirtyKey({key.partition, key.tenant, key.series, ticket}),
            EncodeDirtyHours(dirty));
}

Status Sealer::Merge(uint64_t sequence) {
  const uint64_t ticket = days_.dirty.NewTicket(sequence);
  const Status merged = Merge(sequence, ticket);
  days_.dirty.Settle(ticket);
  return merged;
}

Status Sealer::Merge(uint64_t sequence, uint64_t ticket) {
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  std::vector<std::shared_ptr<const Piece>> pieces;
  for (size_t i = 0; i < frozen_.size();) {
    HeadSeries& series = *frozen_[i].series;
    pieces.clear();
    for (; i < frozen_.size() && frozen_[i].series == &series; ++i) {
      pieces.push_back(frozen_[i].piece);
    }
    const auto stored =
        StoredBlocks(store_, *days_.raw.Get(), series.tenant, series.id, CutsOf(pieces));
    for (const BlockRuns& block : ToBlockRuns(pieces, stored, sequence)) {
      const RawKey key = RawKeyOf(series.tenant, series.id, block.block_end);
      days_.raw.Add(key.partition);
      days_.all.Add(key.partition);
      NotePresence(series, key.partition);
      batch->Merge(Family::kRaw, EncodeRawKey(key), block.runs);
      MarkDirty(key, block.hours, ticket, *batch);
      sealed_bytes_->Add(block.runs.size());
    }
    if (batch->size_bytes() < kBatchBytes && i < frozen_.size()) continue;
    RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kWithoutLog));
    batch->Clear();
  }
  return OkStatus();
}

void Sealer::HandOver() {
  head_.NoteHandover();
  for (const Frozen& frozen : frozen_) {
    HeadShard& shard = head_.shard(frozen.series->shard);
    const int64_t newest = NewestOf(*frozen.piece);
    int64_t& bound = newest_.try_emplace(frozen.series->tenant, kNothingSealed).first->second;
    bound = std::max(bound, newest);
    head_.tenants().Find(frozen.series->tenant)->RaiseSealedBound(newest);
    MutexLock lock(shard.mutex);
    const uint32_t before = frozen.series->sample_bytes();
    frozen.series->HandOver(frozen.piece, newest);
    shard.NoteBytes(*frozen.series, before);
  }
  frozen_.clear();
}

Status Sealer::Trim(uint64_t barrier) {
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  for (auto& [id, bound] : newest_) {
    bound = std::max(bound, head_.tenants().Find(id)->sealed_bound.load());
    std::string value;
    AppendTime(value, bound);
    batch->Put(Family::kMeta, SealedKey(id), value);
  }
  std::string trimmed;
  AppendBigEndian<uint64_t>(trimmed, barrier);
  batch->Put(Family::kMeta, TrimKey(), trimmed);
  RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kSync));
  store_.DropBefore(Family::kJournal, JournalKey(barrier));
  newest_.clear();
  return OkStatus();
}

}  // namespace tidemark::tsdb
