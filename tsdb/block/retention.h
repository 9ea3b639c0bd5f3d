// RawRetention: raw samples, and exemplars, older than the retention are
// refused, hidden and dropped.
//
// What decides is the *mark*: the oldest time that is kept.  It is stored, and
// only moves forward, so that a clock that goes back does not bring anything
// back, and whether a sample is taken follows from what is stored.  There is one
// for all tenants, and one for each tenant with a retention of its own.
//
// A day that lies before it is dropped once `prepare` has seen to its aggregates
// (tsdb/tier/rollup.h).  That it is gone is stored before: from then on nothing is made
// of what is left of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/block/partitions.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Milliseconds; 0: everything is kept.
struct RetentionOptions {
  int64_t raw_ms = 0;
  // Of tenants that have one of their own, longer or shorter.
  std::map<std::string, int64_t, std::less<>> raw_ms_by_tenant;
};

// Threads: all functions may be called from any thread.
class RetentionMark {
 public:
  // Samples before it are refused and not shown; the smallest int64: none.
  int64_t oldest() const { return oldest_.load(std::memory_order_acquire); }
  // Samples up to it may be dropped already; the smallest int64: none.
  int64_t gone_until() const { return gone_until_.load(std::memory_order_acquire); }

 private:
  friend class RawRetention;
  int64_t keep_ms_ = 0;
  std::string key_;       // under which it is stored
  std::string gone_key_;  // and gone_until_
  std::atomic<int64_t> oldest_{std::numeric_limits<int64_t>::min()};
  std::atomic<int64_t> gone_until_{std::numeric_limits<int64_t>::min()};
};

// Threads: all functions may be called from any thread.
class RawRetention {
 public:
  // The tenants that there are, by id.
  using Tenants = std::function<std::map<TenantId, std::string>()>;
  // Called before anything of the day is dropped; if it fails, the day stays, and all
  // later ones.
  //   kFailedPrecondition  not now; the day stays until another turn
  using Prepare = std::function<Status(Partition)>;

  RawRetention(Store& store, PartitionSet& partitions, const RetentionOptions& options,
               Tenants tenants, Prepare prepare, const Clock& clock);

  // Reads the stored marks.
  Status Load();
  // Moves the marks with the clock, in steps of a minute.
  Status MoveMarks();
  // The same, and drops what lies before them: whole partitions where no tenant keeps
  // anything of one, else the ranges of the tenants that do not.
  Status Advance();

  // Lives as long as this.
  const RetentionMark& Of(std::string_view tenant) const;
  int64_t mark(std::string_view tenant) const { return Of(tenant).oldest(); }

 private:
  Status LoadMark(RetentionMark& mark);
  Status LoadTime(const std::string& key, std::atomic<int64_t>& time) const;
  Status MoveMarksLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Prepares the day and notes that it is gone, for whom it is before the mark.
  Status Release(Partition partition);
  std::vector<RetentionMark*> AllMarks();
  // Sets `moved` where the mark did.
  Status MoveMark(RetentionMark& mark, bool& moved);
  int64_t OldestMark() const;
  Status DropPartitions() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status DropTenants() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status DropTenants(Partition partition, TenantId begin, TenantId end);
  Status DropIfAny(Family family, std::string_view begin, std::string_view end);

  Store& store_;
  PartitionSet& partitions_;
  const Tenants tenants_;
  const Prepare prepare_;
  const Clock& clock_;
  Mutex mutex_;  // one Advance at a time; held over its writes
  // Some partitions may hold what a tenant does not keep.
  bool tenants_due_ ABSL_GUARDED_BY(mutex_) = true;
  RetentionMark default_;
  std::map<std::string, RetentionMark, std::less<>> by_tenant_;  // fixed when made
};

}  // namespace tidemark::tsdb
