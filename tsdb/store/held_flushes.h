// HeldFlushes: an Env whose flushes do not begin between an I/O error and the
// resumption from it.  Private to tsdb/store.
//
// One that does is lost in RocksDB 7.8: DBImpl::BackgroundFlush returns before it
// takes the request from its queue, the family counts as queued, and the next
// resumption waits for its flush for ever, and with it every writer.
#pragma once

#include <rocksdb/env.h>

#include <atomic>
#include <condition_variable>
#include <memory>

#include "tsdb/base/mutex.h"
#include "tsdb/store/rocks_watch.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class HeldFlushes : public rocksdb::EnvWrapper {
 public:
  // `watch` knows of errors before RocksDB acts on them.
  HeldFlushes(std::shared_ptr<rocksdb::Env> base, std::shared_ptr<const RocksWatch> watch);

  // Around a resumption, in which flushes are let through.
  void SetResuming(bool resuming);
  // Nothing waits any more: before the database is closed.
  void ReleaseAll();

  const char* Name() const override { return "tidemark.held_flushes"; }
  // RocksDB flushes at high priority, and does nothing else there.
  void Schedule(void (*function)(void* arg), void* arg, Priority priority, void* tag,
                void (*unscheduled)(void* arg)) override;

 private:
  struct Job;
  static void Run(void* job);
  static void Unscheduled(void* job);
  // Until a flush may begin.
  void Await() ABSL_NO_THREAD_SAFETY_ANALYSIS;

  const std::shared_ptr<const RocksWatch> watch_;
  Mutex mutex_;
  std::condition_variable changed_;
  bool resuming_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t changes_ ABSL_GUARDED_BY(mutex_) = 0;  // of it, and of released_
  bool released_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tidemark::tsdb
