// Journal: numbers commits, writes their records, and keeps what could not be
// written.
//
//   uint64_t seq = journal.Begin();           // at the first shard
//   ...                                       // samples go into the head
//   batch->Put(Family::kJournal, JournalKey(seq), writer.Finish(tenant, seq, journal.durable()));
//   return journal.Write({{seq}, std::move(batch), on_written});
//
// The head is changed before the record is written.  So that an answer never
// rests on what is not durable:
//
//   - a record that failed is kept, and while there is one no commit begins
//     (Recover fails): it is written first when the disk takes writes again;
//   - a duplicate of an unsealed sample goes into its own commit's record too:
//     the record of the first may still fail;
//   - a seal waits until all records before its barrier are written.
//
// Every number that Begin gave gets a record, an empty one if need be.  A record
// says which ones before it were written; at the next start a gap below that
// means that something was lost.  Other gaps are commits that died with the
// process; they are filled, so that they are not taken for losses later.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class Journal {
 public:
  struct Entry {
    std::vector<uint64_t> sequences;
    std::unique_ptr<WriteBatch> batch;
    std::function<void()> on_written;  // once, from any thread
  };

  // `next`: the first number to give.  The store must outlive this.
  Journal(Store& store, WriteMode mode, uint64_t next);

  // Writes empty records under these numbers; before the first Begin.
  Status FillGaps(const std::vector<uint64_t>& sequences);

  uint64_t Begin();
  // What Begin would give next.
  uint64_t next() const;
  // Everything below it is written.
  uint64_t durable() const;

  //   kUnavailable  not written; kept, for Recover
  Status Write(Entry entry);
  // Writes what failed before; OK when nothing is left of it.
  Status Recover();
  // Waits for all records below `sequence`.
  //   kUnavailable  one of them failed
  Status AwaitDurable(uint64_t sequence);

  // Bytes written since the last trim: what a restart would have to read.
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  void NoteTrim(uint64_t bytes) { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
  void NoteReplayed(uint64_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }

 private:
  uint64_t DurableLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Finish(const Entry& entry);

  Store& store_;
  const WriteMode mode_;
  std::atomic<uint64_t> bytes_{0};

  mutable Mutex mutex_;
  std::condition_variable changed_;
  uint64_t next_ ABSL_GUARDED_BY(mutex_);
  std::set<uint64_t> unwritten_ ABSL_GUARDED_BY(mutex_);  // begun and not written

  // Before mutex_.  Held over writes: they come one after the other once one
  // has failed.
  Mutex recover_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  std::atomic<size_t> failed_count_{0};
  std::vector<Entry> failed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
