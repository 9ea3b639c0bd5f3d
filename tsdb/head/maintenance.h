// Maintenance: the threads behind a storage: seals in time, moves retention, lets
// idle series go,
// writes what failed, and syncs RocksDB's log under fsync: interval.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <thread>

#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/head/evictor.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/head/sealer.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

struct MaintenanceOptions {
  // A seal begins when the head's samples, or the journal, have so many bytes,
  // or the last one was so long ago.
  int64_t seal_sample_bytes = 128LL << 20;
  uint64_t seal_journal_bytes = 128ULL << 20;
  int64_t seal_every_ms = 30 * 60'000LL;
  int64_t sync_every_ms = 0;  // 0: every commit syncs
  const Clock* clock = nullptr;
};

// Threads: Start and Stop from one.
class Maintenance {
 public:
  // `retain` drops what retention says, of all tiers.
  Maintenance(const MaintenanceOptions& options, Head& head, Journal& journal, Sealer& sealer,
              std::function<Status()> retain, Evictor& evictor, Store& store);
  ~Maintenance();

  void Start();
  // Waits for what is under way.
  void Stop();

 private:
  void Run();
  void RunSync();
  void Turn();
  Status SealIfDue();
  bool SealIsDue() const;
  // False when it is time to stop.
  bool Sleep(int64_t ms);

  const MaintenanceOptions options_;
  Head& head_;
  Journal& journal_;
  Sealer& sealer_;
  const std::function<Status()> retain_;
  Evictor& evictor_;
  Store& store_;

  Mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
  std::thread sync_thread_;
  int64_t last_seal_ms_ = 0;  // of thread_
  bool failing_ = false;      // of thread_
};

}  // namespace tidemark::tsdb
