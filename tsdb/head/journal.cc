#include "tsdb/head/journal.h"

#include <utility>

#include "tsdb/store/journal_record.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

Journal::Journal(Store& store, WriteMode mode, uint64_t next)
    : store_(store), mode_(mode), next_(next) {}

Status Journal::FillGaps(const std::vector<uint64_t>& sequences) {
  if (sequences.empty()) return OkStatus();
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  for (const uint64_t sequence : sequences) {
    batch->Put(Family::kJournal, JournalKey(sequence), JournalWriter().Finish(0, sequence, 0));
  }
  return store_.Write(*batch, WriteMode::kSync);
}

uint64_t Journal::Begin() {
  MutexLock lock(mutex_);
  unwritten_.insert(unwritten_.end(), next_);
  return next_++;
}

uint64_t Journal::next() const {
  MutexLock lock(mutex_);
  return next_;
}

uint64_t Journal::DurableLocked() const { return unwritten_.empty() ? next_ : *unwritten_.begin(); }

uint64_t Journal::durable() const {
  MutexLock lock(mutex_);
  return DurableLocked();
}

Status Journal::Write(Entry entry) {
  Status status = store_.Write(*entry.batch, mode_);
  if (status.ok()) {
    Finish(entry);
    return status;
  }
  MutexLock lock(mutex_);
  failed_.push_back(std::move(entry));
  failed_count_.store(failed_.size(), std::memory_order_release);
  changed_.notify_all();
  return Unavailable(MessageOf(status));
}

void Journal::Finish(const Entry& entry) {
  bytes_.fetch_add(entry.batch->size_bytes(), std::memory_order_relaxed);
  if (entry.on_written) entry.on_written();
  MutexLock lock(mutex_);
  for (const uint64_t sequence : entry.sequences) unwritten_.erase(sequence);
  changed_.notify_all();
}

Status Journal::Recover() {
  if (failed_count_.load(std::memory_order_acquire) == 0) return OkStatus();
  MutexLock recovering(recover_mutex_);
  std::vector<Entry> failed;
  {
    MutexLock lock(mutex_);
    failed.swap(failed_);
  }
  Status status = failed.empty() ? OkStatus() : store_.Resume();
  size_t written = 0;
  for (; status.ok() && written < failed.size(); ++written) {
    status = store_.Write(*failed[written].batch, mode_);
    if (!status.ok()) break;
    Finish(failed[written]);
  }
  MutexLock lock(mutex_);
  failed_.insert(failed_.begin(), std::make_move_iterator(failed.begin() + written),
                 std::make_move_iterator(failed.end()));
  failed_count_.store(failed_.size(), std::memory_order_release);
  changed_.notify_all();
  return status.ok() ? status : Unavailable(MessageOf(status));
}

Status Journal::AwaitDurable(uint64_t sequence) {
  RETURN_IF_ERROR(Recover());
  std::unique_lock<std::mutex> lock(mutex_.native());
  changed_.wait(lock, [this, sequence]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return DurableLocked() >= sequence || !failed_.empty();
  });
  const bool durable = [this, sequence]()
                           ABSL_NO_THREAD_SAFETY_ANALYSIS { return DurableLocked() >= sequence; }();
  return durable ? OkStatus() : Unavailable("a commit before the seal could not be written");
}

}  // namespace tidemark::tsdb
