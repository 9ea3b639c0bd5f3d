// RawRetention: raw samples older than the retention are refused, hidden and
// dropped.
//
// What decides is the *mark*: the oldest time that is kept.  It is stored, and
// only moves forward, so that a clock that goes back does not bring anything
// back, and whether a sample is taken follows from what is stored.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/block/partitions.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class RawRetention {
 public:
  // `retention_ms` 0: everything is kept.
  RawRetention(Store& store, PartitionSet& partitions, int64_t retention_ms, const Clock& clock)
      : store_(store), partitions_(partitions), retention_ms_(retention_ms), clock_(clock) {}

  // Reads the stored mark.
  Status Load();
  // Moves the mark with the clock, in steps of a minute, and drops partitions
  // that lie before it.
  Status Advance();

  // Samples before it are refused and not shown; the smallest int64: none.
  int64_t mark() const { return mark_.load(std::memory_order_acquire); }

 private:
  Status DropBefore(int64_t mark);

  Store& store_;
  PartitionSet& partitions_;
  const int64_t retention_ms_;
  const Clock& clock_;
  Mutex mutex_;  // one Advance at a time; held over its writes
  std::atomic<int64_t> mark_{std::numeric_limits<int64_t>::min()};
};

}  // namespace tidemark::tsdb
