// Sealer: moves samples from the head into blocks, and trims the journal.
//
//   barrier       the journal's next number; once all records before it are
//                 written, all that they hold is in the head
//   shard by shard:
//     freeze      what was added so far becomes frozen pieces, a few hundred
//                 series at a time under the shard's lock: no commit waits long
//     wait        until all records that pieces can come from are written, and
//                 synced: raw must not know series that the catalog does not
//     merge       runs into family raw, and marks of the hours that they change into
//                 tiers, without RocksDB's log
//     note        where series have blocks now (tsdb/index/presence.h)
//     hand over   the head forgets the pieces: memory is back shard by shard
//   flush         raw and tiers: now they survive
//   trim          marks of what is sealed, and the journal's records before the
//                 barrier go, in one synced batch
//   release       RocksDB drops the log that only trimmed records were in
//
// A sample is readable at every moment: a reader asks the head first and raw
// after it, so it sees a piece in one of them or in both, where they are equal.
// Its record is in the journal until raw is flushed: a seal that fails or dies
// anywhere is repeated, and merging again changes nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/base/clock.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/block/dirty_days.h"
#include "tsdb/block/partitions.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/index/presence.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// What is known of days and their blocks; all of it outlives the Sealer.
struct SealedDays {
  PartitionSet& raw;  // with samples
  PartitionSet& all;  // with samples or aggregates
  Presence& presence;
  DirtyDays& dirty;
};

// Threads: all functions may be called from any thread.
class Sealer {
 public:
  Sealer(Head& head, Journal& journal, Store& store, const SealedDays& days, const Clock& clock,
         Metrics& metrics);

  // Seals everything that was committed before the call.  One at a time; a
  // second caller waits.
  //   kUnavailable  the disk is full or failing; everything is still in the
  //                 journal and readable
  Status Seal();
  // Calls `work` while no seal is under way; what it returns.
  Status Between(const std::function<Status()>& work);

 private:
  struct Frozen {
    std::pair<TenantId, SeriesId> key;  // of the series
    HeadSeries* series;
    std::shared_ptr<const Piece> piece;
  };

  Status SealShard(size_t k) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Freeze(HeadShard& shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Brings what is frozen into raw.
  Status MoveFrozen() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NotePresence(HeadSeries& series, Partition partition) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status Merge(uint64_t sequence) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status Merge(uint64_t sequence, uint64_t ticket) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MarkDirty(const RawKey& key, HourMask hours, uint64_t ticket, WriteBatch& batch);
  void HandOver() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status Trim(uint64_t barrier) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Head& head_;
  Journal& journal_;
  Store& store_;
  const SealedDays days_;
  const Clock& clock_;
  BucketHistogram* duration_;
  Counter* sealed_bytes_;

  Mutex mutex_;  // held over a whole seal, its I/O included
  // Of one shard; more when a seal failed before.
  std::vector<Frozen> frozen_ ABSL_GUARDED_BY(mutex_);
  // The newest time handed over, by tenant, since the last trim.
  std::map<TenantId, int64_t> newest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
