// Head: the series of all tenants that had samples lately, with their newest,
// unsealed samples.
//
// Commits walk the shards in order, hand over hand: the next lock is taken
// before the last one is let go, so no commit overtakes another.  What is
// numbered at the first shard (the journal's sequence, a seal's barrier) is
// therefore the order in which every series sees them.
//
// Locks, in the order in which they may be held together:
//   shard k, shard k+1 -> HeadTenant, SeriesIndex, Journal
// and none of them during a read or write of the store.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "tsdb/head/active_commits.h"
#include "tsdb/head/shard.h"
#include "tsdb/head/tenants.h"
#include "tsdb/series_gate.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class Head {
 public:
  // `gate` may be null.
  explicit Head(std::shared_ptr<SeriesGate> gate = nullptr) : gate_(std::move(gate)) {}

  HeadShard& shard(size_t i) { return shards_[i]; }
  const HeadShard& shard(size_t i) const { return shards_[i]; }
  TenantTable& tenants() { return tenants_; }
  const TenantTable& tenants() const { return tenants_; }
  // Every commit enters it.
  ActiveCommits& commits() { return commits_; }

  // Calls visit(i, shard) for every shard in order, its lock held.
  void Walk(const std::function<void(size_t, HeadShard&)>& visit);

  // Whether a series that the database does not know may be created; if so, it
  // must be.  Under the lock of its shard, like NoteActive.
  Status Admit(const HeadTenant& tenant, const Labels& labels);
  // Before a known series is created in memory.
  void NoteActive(const HeadTenant& tenant, const Labels& labels);

  // Creates a series, with its lock held, and puts it into the tenant's index.
  // `sealed_bound`: no sample after it is in raw.
  HeadSeries& Create(HeadShard& shard, const LabelHash& hash, HeadTenant& tenant,
                     const Labels& labels, SeriesId id, int64_t sealed_bound)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  // Removes the series at this place of the slab, which has no samples, from
  // memory, with the shard's lock held.
  void Remove(HeadShard& shard, size_t place, HeadTenant& tenant)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  // What of the series is unsealed and may lie within [mint, maxt]; nothing when
  // it is not in memory.
  std::vector<std::shared_ptr<const Piece>> Snapshot(const LabelHash& hash, int64_t mint,
                                                     int64_t maxt) const;

  // HeadSeries::Unsealed; nothing when the series is not in memory.
  TimeIntervals Unsealed(const LabelHash& hash) const;

  // Goes up when samples leave the head for raw, before any of them does.  A view
  // of raw that was made at a count has all samples that Snapshot does not show
  // for as long as the count, read after Snapshot, is the same.
  uint64_t handovers() const { return handovers_.load(); }
  void NoteHandover() { handovers_.fetch_add(1); }

  // Of unsealed samples, and of series, indexes included; roughly.
  int64_t sample_bytes() const;
  int64_t series_bytes() const;

 private:
  const std::shared_ptr<SeriesGate> gate_;
  std::array<HeadShard, kHeadShards> shards_;
  TenantTable tenants_;
  ActiveCommits commits_;
  std::atomic<uint64_t> handovers_{0};
};

}  // namespace tidemark::tsdb
