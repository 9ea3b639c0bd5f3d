// Evictor: lets series leave the memory that had no samples for long.
//
//   mark     under its shard's lock: a series that is idle, and has all its
//            samples in raw, is doomed; a commit that finds it lifts that
//   wait     for the commits that had found it before
//   remove   what is still doomed: nobody has a pointer to it.  Records that
//            failed, and wait in the journal, have some: their series stay
//
// What leaves stays in the catalog, its days in Presence: queries that reach back
// find it there, and a sample that comes again brings it back under its old id.
// When retention has dropped the last day with blocks of it, its records go, too, and
// with the last series of a metric its metadata.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tsdb/base/clock.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/block/partitions.h"
#include "tsdb/head/head.h"
#include "tsdb/index/presence.h"
#include "tsdb/index/series_catalog.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// What is stored of series, and where; all of it outlives who uses it.
struct StoredSeries {
  Store& store;
  SeriesCatalog& catalog;
  Presence& presence;
  PartitionSet& partitions;
};

// Threads: all functions may be called from any thread.
class Evictor {
 public:
  // `idle_ms` 0: series stay.
  Evictor(Head& head, const StoredSeries& stored, int64_t idle_ms, const Clock& clock,
          Metrics& metrics);

  // Does what is due; cheap when nothing is.
  Status Advance();

 private:
  struct Place {
    size_t shard;
    size_t at;  // in the slab
  };

  void Evict(uint32_t turn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<Place> Mark(uint32_t turn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remove(const std::vector<Place>& places) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Status Purge() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status PurgePartition(Partition partition) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Of those with blocks in the partition: series with blocks nowhere else.
  StatusOr<SeriesByMetric> OnlyIn(Partition partition, TenantId tenant) const;
  Status Forget(HeadTenant& tenant, const SeriesByMetric& series);
  Status ForgetMetric(HeadTenant& tenant, uint32_t ordinal, const Roaring& counters);
  Status ForgetMetadata(HeadTenant& tenant, std::string_view metric);

  Head& head_;
  const StoredSeries stored_;
  const int64_t turn_ms_;  // 0: never
  const Clock& clock_;
  Counter* evicted_;
  Counter* purged_;

  Mutex mutex_;  // one Advance at a time; held over its reads and writes
  uint32_t turn_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tidemark::tsdb
