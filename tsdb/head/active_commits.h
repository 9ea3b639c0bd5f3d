// ActiveCommits: who is inside a commit, so that a series can be freed when no
// commit can hold a pointer to it any more.
//
//   const ActiveCommits::Guard guard(commits);   // around each commit
//
//   commits.AwaitEarlier();   // those that began before the call have ended
//   const ActiveCommits::Pause pause(commits);   // none runs while it lives
//
// Entering is two atomic operations.  Commits count themselves in one of two
// counters; AwaitEarlier makes new ones use the other and waits for the first to
// become empty, and then once more, for those that had picked a counter before
// the change and counted themselves after it.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "tsdb/base/mutex.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread; AwaitEarlier and Pause
// not from within a Guard.
class ActiveCommits {
 public:
  class Guard {
   public:
    explicit Guard(ActiveCommits& commits) : commits_(commits), side_(commits.Enter()) {}
    ~Guard() { commits_.Leave(side_); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    ActiveCommits& commits_;
    const size_t side_;
  };

  class Pause {
   public:
    explicit Pause(ActiveCommits& commits);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    ActiveCommits& commits_;
  };

  void AwaitEarlier();

 private:
  size_t Enter();
  void Leave(size_t side);
  void AwaitEmpty(size_t side);

  std::atomic<uint64_t> turn_{0};  // its lowest bit: the counter that is in use
  std::array<std::atomic<int64_t>, 2> counts_{};
  std::atomic<int> waiting_{0};
  std::atomic<bool> paused_{false};
  Mutex turn_mutex_;  // one AwaitEarlier at a time
  Mutex mutex_;       // for the waits only
  std::condition_variable changed_;
};

}  // namespace tidemark::tsdb
