// Clock: the time as a collaborator, so that tests choose it.
#pragma once

#include <atomic>
#include <cstdint>

namespace tidemark {

// Threads: all functions may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time in milliseconds since the Unix epoch.
  virtual int64_t NowMs() const = 0;
  // Nanoseconds that never go back; only differences mean anything.
  virtual int64_t MonotonicNs() const = 0;

  // The machine's clock; lives for ever.
  static const Clock& System();
};

// A clock that stands still until it is told otherwise.
class FakeClock : public Clock {
 public:
  explicit FakeClock(int64_t now_ms) : now_ms_(now_ms) {}
  int64_t NowMs() const override { return now_ms_.load(std::memory_order_relaxed); }
  int64_t MonotonicNs() const override { return NowMs() * 1'000'000; }
  void Set(int64_t now_ms) { now_ms_.store(now_ms, std::memory_order_relaxed); }
  void Advance(int64_t ms) { now_ms_.fetch_add(ms, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> now_ms_;
};

}  // namespace tidemark
