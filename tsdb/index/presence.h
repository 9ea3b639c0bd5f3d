// Presence: which series have blocks in which partition.
//
// Series that have been idle leave the memory; a query that reaches back finds
// them here: the ids of all series with blocks in the partitions of its range,
// a few bits each.  A recent query needs none of it.
//
//   presence.Note(tenant, series, partition);   // the sealer, for each block
//   RETURN_IF_ERROR(presence.Write());          // before the series may leave
//   ASSIGN_OR_RETURN(auto ids, presence.Get(partition, tenant));
//
// What is noted may have been cut or expired since: an id here may have no
// samples, never the reverse.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <roaring/roaring.hh>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// The low halves of ids, by the ordinal of their metric.
using SeriesByMetric = absl::flat_hash_map<uint32_t, Roaring>;

// Adds what a stored value has.
//   kDataLoss  it is none
Status DecodePresence(std::string_view value, Roaring& counters);

// Threads: Note and Write from one at a time, the others from any.
class Presence {
 public:
  // `cache_bytes` bounds what stays in memory between queries.
  Presence(Store& store, size_t cache_bytes) : store_(store), cache_bytes_(cache_bytes) {}

  // Brings a database up to date that was written without presence: from the
  // keys of raw.
  Status Open();

  void Note(TenantId tenant, SeriesId series, Partition partition);
  // Stores what was noted; after a failure, what was noted stays so.
  Status Write();

  StatusOr<std::shared_ptr<const SeriesByMetric>> Get(Partition partition, TenantId tenant) const;
  // The partitions that have any, ascending.
  StatusOr<std::vector<Partition>> Partitions() const;
  Status Drop(Partition partition);

 private:
  using Key = std::pair<Partition, TenantId>;
  struct Cached {
    std::shared_ptr<const SeriesByMetric> ids;
    size_t bytes = 0;
    uint64_t used = 0;  // when, by ticks_
  };

  StatusOr<std::shared_ptr<const SeriesByMetric>> Read(const Key& key) const;
  void Keep(const Key& key, const Cached& cached) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(const Key& key);

  Store& store_;
  const size_t cache_bytes_;
  std::map<Key, std::map<uint32_t, std::vector<uint32_t>>> noted_;

  mutable Mutex mutex_;
  mutable std::map<Key, Cached> cache_ ABSL_GUARDED_BY(mutex_);
  mutable size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable uint64_t ticks_ ABSL_GUARDED_BY(mutex_) = 0;
  // Counts writes: what was read before one must not be kept after it.
  uint64_t writes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tidemark::tsdb
