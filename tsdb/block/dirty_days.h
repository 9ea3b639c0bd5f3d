// DirtyDays: the days, and their hours, in which raw has changed since their
// aggregates were made.
//
// The marks themselves, one for each series, day and seal, are in family tiers, written
// in one batch with the samples (tsdb/store/tier_keys.h).  This is what all of them
// come to, for queries: per day and seal the hours of all series together.
//
//   const uint64_t ticket = days.NewTicket(sequence);
//   days.Note(partition, hours, ticket);        // the sealer, before it writes
//   ...                                         // the batches are written
//   days.Settle(ticket);
//
//   const auto seen = days.Settled(partition);  // who makes aggregates, before it reads
//   ...                                         // all marks it found are handled
//   days.Clear(partition, seen);
//
// Threads: all functions may be called from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/model/time_intervals.h"
#include "tsdb/store/store.h"
#include "tsdb/store/tier_keys.h"

namespace tidemark::tsdb {

// Days at the far ends of time hold many blocks each: no aggregates are made of them.
bool HasTiers(Partition partition);

// The hours (from, to] of the day that samples within [mint, maxt] belong to.
HourMask HoursOf(Partition partition, int64_t mint, int64_t maxt);

class DirtyDays {
 public:
  // Reads the marks.  A database that has been written without them gets a mark for
  // each of `partitions`, which are those that raw has.
  Status Load(Store& store, const std::vector<Partition>& partitions, int64_t now_ms);

  // Under which marks are written: the sequence of the last journal record behind them,
  // or more: no two are the same, so that who clears a mark clears no later one.
  uint64_t NewTicket(uint64_t sequence);
  void Note(Partition partition, const DirtyHours& dirty, uint64_t ticket);
  // All marks of this ticket are written, or never will be.
  void Settle(uint64_t ticket);

  // What was settled when it was called.
  std::vector<uint64_t> Settled(Partition partition) const;
  void Clear(Partition partition, const std::vector<uint64_t>& tickets);

  struct Day {
    Partition partition = 0;
    int64_t oldest_ms = 0;  // mark
  };
  // Those with something settled, ascending.
  std::vector<Day> Days() const;
  // Whether the day has any mark, settled or not.
  bool IsDirty(Partition partition) const;

  // The dirty hours that overlap the times, and the days without aggregates for ever;
  // ascending.
  TimeIntervals Within(const TimeInterval& times) const;

  // Hours, of each series by itself, that wait; roughly: of one marked twice, twice.
  uint64_t windows() const;
  // When the oldest of them was marked.
  std::optional<int64_t> oldest_ms() const;

 private:
  struct Seal {
    HourMask hours = 0;
    uint64_t windows = 0;
    int64_t oldest_ms = 0;
    bool settled = false;
  };
  Status LoadMarks(const Store& store, bool& complete);
  Status MarkAll(Store& store, const std::vector<Partition>& partitions, int64_t now_ms);

  mutable Mutex mutex_;
  uint64_t last_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
  // By ticket.
  std::map<Partition, std::map<uint64_t, Seal>> days_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
