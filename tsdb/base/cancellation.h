// Cancellation: a flag that says "nobody waits for this answer any more".
//
// One side calls Cancel(), or sets a deadline; the other asks in its loops,
// at least every 50 ms, and stops with Check()'s Status.
#pragma once

#include <atomic>
#include <cstdint>

#include "tsdb/base/clock.h"
#include "tsdb/base/status.h"

namespace tidemark {

// Threads: all functions may be called from any thread.
class Cancellation {
 public:
  Cancellation() = default;
  // `deadline_ns` is in the clock's MonotonicNs(); the clock must outlive this.
  Cancellation(const Clock& clock, int64_t deadline_ns)
      : clock_(&clock), deadline_ns_(deadline_ns) {}
  // Cancelled, too, when `parent` is; it must outlive this.
  Cancellation(const Cancellation& parent, const Clock& clock, int64_t deadline_ns)
      : parent_(&parent), clock_(&clock), deadline_ns_(deadline_ns) {}

  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  // A relaxed load, one more per parent: for the innermost loops.
  bool cancelled() const {
    return cancelled_.load(std::memory_order_relaxed) ||
           (parent_ != nullptr && parent_->cancelled());
  }

  // OK; kCancelled after Cancel(); kDeadlineExceeded past the deadline.  Reads
  // the clock: for loops whose turns take microseconds.
  Status Check() const;

 private:
  std::atomic<bool> cancelled_{false};
  const Cancellation* parent_ = nullptr;
  const Clock* clock_ = nullptr;
  int64_t deadline_ns_ = 0;
};

}  // namespace tidemark
