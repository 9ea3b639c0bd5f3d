#include "tsdb/store/held_flushes.h"

#include <chrono>
#include <mutex>
#include <utility>

namespace tidemark::tsdb {
namespace {

// A resumption that is going to fail at once, for an error that it found, is over
// by then; one that has just begun is known to all of RocksDB.
constexpr std::chrono::milliseconds kUntilSettled(20);
constexpr std::chrono::milliseconds kBetweenLooks(100);

}  // namespace

struct HeldFlushes::Job {
  HeldFlushes* held;
  void (*function)(void* arg);
  void (*unscheduled)(void* arg);
  void* arg;
};

HeldFlushes::HeldFlushes(std::shared_ptr<rocksdb::Env> base,
                         std::shared_ptr<const RocksWatch> watch)
    : EnvWrapper(base), watch_(std::move(watch)) {
  file_system_ = base->GetFileSystem();
  system_clock_ = base->GetSystemClock();
}

void HeldFlushes::SetResuming(bool resuming) {
  MutexLock lock(mutex_);
  resuming_ = resuming;
  ++changes_;
  changed_.notify_all();
}

void HeldFlushes::ReleaseAll() {
  MutexLock lock(mutex_);
  released_ = true;
  ++changes_;
  changed_.notify_all();
}

void HeldFlushes::Schedule(void (*function)(void* arg), void* arg, Priority priority, void* tag,
                           void (*unscheduled)(void* arg)) {
  if (priority != Priority::HIGH) {
    return target()->Schedule(function, arg, priority, tag, unscheduled);
  }
  target()->Schedule(&Run, new Job{this, function, unscheduled, arg}, priority, tag, &Unscheduled);
}

void HeldFlushes::Run(void* job) {
  const std::unique_ptr<Job> owned(static_cast<Job*>(job));
  owned->held->Await();
  owned->function(owned->arg);
}

void HeldFlushes::Unscheduled(void* job) {
  const std::unique_ptr<Job> owned(static_cast<Job*>(job));
  if (owned->unscheduled != nullptr) owned->unscheduled(owned->arg);
}

void HeldFlushes::Await() {
  std::unique_lock<std::mutex> lock(mutex_.native());
  while (watch_->must_resume() && !released_) {
    const uint64_t changes = changes_;
    const auto changed = [this, changes]()
                             ABSL_NO_THREAD_SAFETY_ANALYSIS { return changes_ != changes; };
    const bool resuming = resuming_;
    if (!changed_.wait_for(lock, resuming ? kUntilSettled : kBetweenLooks, changed) && resuming) {
      return;
    }
  }
}

}  // namespace tidemark::tsdb
