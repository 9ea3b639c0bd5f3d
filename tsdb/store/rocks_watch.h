// RocksWatch: what RocksDB does in the background, as metrics, log lines, and
// an answer to "should writes wait?".  Private to tsdb/store.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/listener.h>
#include <rocksdb/write_buffer_manager.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class RocksWatch : public rocksdb::EventListener {
 public:
  // `metrics` must outlive it.
  explicit RocksWatch(Metrics& metrics);

  // Whether RocksDB delays or stops writes of any family: it waits for a flush
  // or a compaction, and a write that does not want to wait fails.
  bool stalled() const { return stalled_families_.load(std::memory_order_relaxed) > 0; }

  // Errors that stopped background work or writes, so far; and whether there were
  // any since NoteResumed was last given that number.
  uint64_t errors_seen() const { return errors_seen_.load(); }
  void NoteResumed(uint64_t errors_seen) { errors_resumed_.store(errors_seen); }
  bool failed() const { return errors_seen_.load() > errors_resumed_.load(); }
  // Whether RocksDB may not have acted on the last error yet.
  bool has_just_failed() const;
  // The last error that was counted, for those who are told to come back.
  rocksdb::Status last_error() const;
  // Whether nothing but Store::Resume gets RocksDB out of it; from a full disk it
  // gets out by itself.
  bool must_resume() const {
    return io_error_.load() > errors_resumed_.load() && full_.load() <= errors_resumed_.load();
  }

  // The families of which a compaction met a damaged table since the last call.
  // RocksDB would try again each second, reading all of it each time.
  std::vector<Family> TakeDamaged();

  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo& info) override;
  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo& info) override;
  void OnStallConditionsChanged(const rocksdb::WriteStallInfo& info) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  bool ShouldBeNotifiedOnFileIO() override { return true; }  // of the next one
  void OnFileSyncFinish(const rocksdb::FileOperationInfo& info) override;

 private:
  struct FamilyCounters {
    Counter* flushed_bytes;
    Counter* compacted_bytes;
  };
  // None for RocksDB's default family.
  static std::optional<Family> FamilyOf(const std::string& name);
  const FamilyCounters* Find(const std::string& name) const;

  std::array<FamilyCounters, kFamilies> families_;
  Counter* stalls_;
  Counter* errors_;
  Counter* damaged_;
  Counter* log_syncs_;
  std::atomic<int> stalled_families_{0};
  std::atomic<uint64_t> errors_seen_{0};
  std::atomic<std::chrono::steady_clock::rep> last_error_at_{0};
  mutable Mutex error_mutex_;
  rocksdb::Status last_error_ ABSL_GUARDED_BY(error_mutex_);
  std::atomic<uint64_t> errors_resumed_{0};
  // The last one that was an I/O error, and that was for lack of space.
  std::atomic<uint64_t> io_error_{0};
  std::atomic<uint64_t> full_{0};
  std::atomic<uint32_t> damaged_families_{0};  // a bit each
};

// Gauges of what is used of the budgets for write buffers and block cache; and
// whether writes wait.  They live as long as the registry.
void AddStoreGauges(const std::shared_ptr<rocksdb::WriteBufferManager>& buffers,
                    uint64_t buffer_budget, const std::shared_ptr<rocksdb::Cache>& cache,
                    const std::shared_ptr<RocksWatch>& watch, Metrics& metrics);

}  // namespace tidemark::tsdb
