// RawRetention: raw samples, and exemplars, older than the retention are
// refused, hidden and dropped.
//
// What decides is the *mark*: the oldest time that is kept.  It is stored, and
// only moves forward, so that a clock that goes back does not bring anything
// back, and whether a sample is taken follows from what is stored.  There is one
// for all tenants, and one for each tenant with a retention of its own.
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

 private:
  friend class RawRetention;
  int64_t keep_ms_ = 0;
  std::string key_;  // under which it is stored
  std::atomic<int64_t> oldest_{std::numeric_limits<int64_t>::min()};
};

// Threads: all functions may be called from any thread.
class RawRetention {
 public:
  // The tenants that there are, by id.
  using Tenants = std::function<std::map<TenantId, std::string>()>;

  RawRetention(Store& store, PartitionSet& partitions, const RetentionOptions& options,
               Tenants tenants, const Clock& clock);

  // Reads the stored marks.
  Status Load();
  // Moves the marks with the clock, in steps of a minute, and drops what lies
  // before them: whole partitions where no tenant keeps anything of one, else
  // the ranges of the tenants that do not.
  Status Advance();

  // Lives as long as this.
  const RetentionMark& Of(std::string_view tenant) const;
  int64_t mark(std::string_view tenant) const { return Of(tenant).oldest(); }

 private:
  Status LoadMark(RetentionMark& mark);
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
  const Clock& clock_;
  Mutex mutex_;  // one Advance at a time; held over its writes
  // Some partitions may hold what a tenant does not keep.
  bool tenants_due_ ABSL_GUARDED_BY(mutex_) = true;
  RetentionMark default_;
  std::map<std::string, RetentionMark, std::less<>> by_tenant_;  // fixed when made
};

}  // namespace tidemark::tsdb
