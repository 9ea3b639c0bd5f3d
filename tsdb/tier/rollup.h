// Rollup: makes the hour and day aggregates of what was sealed, day by day.
//
//   marks    of the day, with the samples that are behind them: they say which series
//   raw      is read after them; the whole day of such a series is made anew, so that
//            what comes out depends on the samples only, and not on when it is done
//   write    aggregates, then the removal of the marks that were seen: RocksDB's log
//            keeps that order
//   clear    the hours of these marks are not dirty any more (tsdb/block/dirty_days.h)
//
// A mark that comes meanwhile has another key, and stays.  After a crash at any step
// the marks that are left are handled again, which changes nothing.
//
// Of a day whose raw is gone nothing is made from what comes still: its marks go.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "tsdb/base/clock.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/block/dirty_days.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

struct RollupOptions {
  // Of a day that is not over the aggregates are made so often, milliseconds; of one
  // that is, as soon as something of it was sealed.
  int64_t open_day_every_ms = 6 * 3'600'000LL;
  // Up to when the raw samples of a tenant may be gone.
  std::function<int64_t(TenantId)> gone_until;
  const Clock* clock = nullptr;
};

// Threads: all functions may be called from any thread, but Start and Stop.
class Rollup {
 public:
  // All of it outlives this.
  Rollup(const RollupOptions& options, Store& store, std::shared_ptr<DirtyDays> dirty,
         Metrics& metrics);
  ~Rollup();

  // A thread of low priority that does what is due.
  void Start();
  // Ends what is under way, at the next series.
  void Stop();

  // Everything that was marked before the call.  What cannot be read is left as it is,
  // counted and logged.
  //   kUnavailable  the disk is full or failing
  //   kCancelled    Stop was called
  Status RollUpAll();
  // The same for one day.
  //   kDataLoss  something of it cannot be read; all else is made
  Status RollUpDay(Partition partition);

  // Before the raw samples of a day are dropped, when no more of it come and all are
  // sealed: makes what is marked, and then reads all of its aggregates again and
  // compares them with the samples.
  //   kDataLoss     the database cannot be read (a series of which samples cannot is
  //                 logged and counted, and keeps what it has)
  //   kUnavailable  the disk is failing
  //   kFailedPrecondition  samples of the day came meanwhile: not now
  Status Finish(Partition partition);

  // Goes up when aggregates were written, before their hours stop being dirty.  A view
  // of family tiers that was made at a count has all aggregates of hours that
  // DirtyDays, asked before it, did not name.
  uint64_t passes() const { return passes_.load(); }

 private:
  void Run();
  void RunDue();
  Status Verify(Partition partition);
  StatusOr<bool> VerifySeries(const RawKey& key, std::string_view raw_block);
  bool IsDue(const DirtyDays::Day& day, int64_t now) const;
  // False when it is time to stop.
  bool Sleep(int64_t ms);

  const RollupOptions options_;
  Store& store_;
  const std::shared_ptr<DirtyDays> dirty_;  // shared with gauges
  Counter* windows_made_;
  Counter* failures_;
  Counter* discarded_;
  Counter* mismatches_;
  std::atomic<uint64_t> passes_{0};

  Mutex day_mutex_;  // one day at a time; held over its reads and writes
  mutable Mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};  // set under the mutex
  // A day that failed is tried again then.
  std::map<Partition, int64_t> again_ms_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tidemark::tsdb
