// TierRetention: hour and day aggregates older than their retention are hidden and
// dropped; each tier has a mark of its own, as raw samples do (tsdb/block/retention.h).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string>

#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/block/partitions.h"
#include "tsdb/store/store.h"
#include "tsdb/store/tier_keys.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {

// Milliseconds; 0: everything is kept.
struct TierRetentionOptions {
  int64_t hour_ms = 0;
  int64_t day_ms = 0;
};

// Threads: all functions may be called from any thread.
class TierRetention {
 public:
  // `raw_days`: those with samples.  `days`: those with samples or aggregates; what has
  // none any more is taken out.  Both outlive this.
  TierRetention(Store& store, const PartitionSet& raw_days, PartitionSet& days,
                const TierRetentionOptions& options, const Clock& clock);

  // Reads the stored marks.
  Status Load();
  // Moves the marks with the clock, and drops what lies before them: whole periods
  // (tsdb/store/tier_keys.h).
  Status Advance();

  // Windows that begin before it are not shown; the smallest int64: none.
  int64_t mark(Tier tier) const { return Of(tier).oldest.load(std::memory_order_acquire); }
  // Of both tiers.
  int64_t oldest() const { return std::min(mark(Tier::kHour), mark(Tier::kDay)); }

 private:
  static constexpr int64_t kEverything = std::numeric_limits<int64_t>::min();
  struct Mark {
    Tier tier;
    int64_t keep_ms = 0;
    std::atomic<int64_t> oldest{kEverything};
    int64_t dropped_until = kEverything;  // under the mutex
  };

  const Mark& Of(Tier tier) const { return tier == Tier::kHour ? marks_[0] : marks_[1]; }
  static std::string KeyOf(const Mark& mark);
  Status MoveMark(Mark& mark);
  Status DropPeriod(uint8_t tier, TierPeriod period);
  Status DropBefore(Mark& mark) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Store& store_;
  const PartitionSet& raw_days_;
  PartitionSet& days_;
  const Clock& clock_;
  Mutex mutex_;  // one Advance at a time; held over its writes
  std::array<Mark, 2> marks_;
};

}  // namespace tidemark::tsdb
