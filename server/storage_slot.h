// StorageSlot: the storage, which opens while HTTP already answers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

#include "tsdb/base/cancellation.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/progress.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread, Open and Close once.
class StorageSlot {
 public:
  // Reports what it is doing, and gives up when it is cancelled.
  using Opener = std::function<StatusOr<std::unique_ptr<tsdb::Storage>>(const Progress&)>;

  StorageSlot();   // empty, and starting
  ~StorageSlot();  // as Close

  // Calls `open` on a thread of its own.
  void Open(Opener open);

  // Null until it is open, and after a failure.  It lives until Close.
  tsdb::Storage* get() const { return storage_.load(std::memory_order_acquire); }

  // OK: open.  kUnavailable: not yet, and how far it is.  Otherwise why it could not be opened.
  Status state() const;

  // Waits until what Open began has succeeded or failed, and says which; the same
  // after Close.
  Status Await() const;

  // Cancels the opener and waits for it, or closes what it opened.  Nobody may use the storage
  // any more.
  Status Close();

 private:
  void Fill(const Opener& open);
  void Report(std::string_view doing);

  Cancellation cancelled_;

  mutable Mutex mutex_;
  mutable std::condition_variable changed_;
  Status state_ ABSL_GUARDED_BY(mutex_);
  Status opened_ ABSL_GUARDED_BY(mutex_);  // once opening_ is false
  bool opening_ ABSL_GUARDED_BY(mutex_) = true;
  std::unique_ptr<tsdb::Storage> owned_ ABSL_GUARDED_BY(mutex_);
  std::atomic<tsdb::Storage*> storage_{nullptr};
  std::thread opener_;
};

}  // namespace tidemark::server
