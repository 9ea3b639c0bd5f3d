// WriteGate: whether a commit may begin.  Asked before anything is changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "tsdb/base/clock.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

struct WriteGateOptions {
  std::string path;           // whose file system is watched
  double min_free_disk = 0;   // share of it, 0..1
  uint64_t memory_bytes = 0;  // that the head may take
  const Clock* clock = nullptr;
};

// Threads: all functions may be called from any thread.
class WriteGate {
 public:
  WriteGate(WriteGateOptions options, const Head& head, const Store& store, Journal& journal)
      : options_(std::move(options)), head_(head), store_(store), journal_(journal) {}

  //   kUnavailable  the message says why, and what to do
  // Tries to write what failed before.
  Status Check();

 private:
  Status CheckMemory() const;
  Status CheckStore() const;
  Status CheckDisk();

  const WriteGateOptions options_;
  const Head& head_;
  const Store& store_;
  Journal& journal_;

  // The file system is asked at most once a second.
  std::atomic<int64_t> next_look_ns_{0};
  Mutex mutex_;
  Status disk_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> disk_ok_{true};
};

// Gauges of the head's budget and what it takes of it; they live as long as the
// registry.
void AddHeadBudget(const std::shared_ptr<const Head>& head, uint64_t budget, Metrics& metrics);

}  // namespace tidemark::tsdb
