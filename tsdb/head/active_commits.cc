#include "tsdb/head/active_commits.h"

namespace tidemark::tsdb {

size_t ActiveCommits::Enter() {
  for (;;) {
    const size_t side = turn_.load() & 1;
    counts_[side].fetch_add(1);
    if (!paused_.load()) return side;
    Leave(side);
    std::unique_lock<std::mutex> lock(mutex_.native());
    changed_.wait(lock, [this] { return !paused_.load(); });
  }
}

void ActiveCommits::Leave(size_t side) {
  counts_[side].fetch_sub(1);
  if (waiting_.load() == 0) return;
  // Under the lock, or who waits may have looked before and sleep after.
  MutexLock lock(mutex_);
  changed_.notify_all();
}

void ActiveCommits::AwaitEmpty(size_t side) {
  waiting_.fetch_add(1);
  {
    std::unique_lock<std::mutex> lock(mutex_.native());
    changed_.wait(lock, [this, side] { return counts_[side].load() == 0; });
  }
  waiting_.fetch_sub(1);
}

void ActiveCommits::AwaitEarlier() {
  MutexLock lock(turn_mutex_);
  for (int i = 0; i < 2; ++i) AwaitEmpty(turn_.fetch_add(1) & 1);
}

ActiveCommits::Pause::Pause(ActiveCommits& commits) : commits_(commits) {
  commits_.paused_.store(true);
  commits_.AwaitEmpty(0);
  commits_.AwaitEmpty(1);
}

ActiveCommits::Pause::~Pause() {
  MutexLock lock(commits_.mutex_);
  commits_.paused_.store(false);
  commits_.changed_.notify_all();
}

}  // namespace tidemark::tsdb
