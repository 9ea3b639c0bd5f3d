// HourGrowth: how much a count has grown within the last hour, to the minute.
//
// Threads: one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tidemark::server {

class HourGrowth {
 public:
  // The count is `before` until now, and changes; `now_ms` must not go back far:
  // what is older than the minutes kept is left out.
  void NoteChange(int64_t now_ms, uint64_t before) {
    const int64_t minute = now_ms / kMinuteMs;
    Slot& slot = slots_[static_cast<size_t>(minute) % kMinutes];
    if (slot.minute != minute) slot = {minute, before};
  }

  // `count` less what it was an hour ago.
  int64_t Growth(int64_t now_ms, uint64_t count) const {
    const int64_t first = now_ms / kMinuteMs - static_cast<int64_t>(kMinutes) + 1;
    const Slot* oldest = nullptr;
    for (const Slot& slot : slots_) {
      if (slot.minute < first) continue;
      if (oldest == nullptr || slot.minute < oldest->minute) oldest = &slot;
    }
    if (oldest == nullptr) return 0;
    return static_cast<int64_t>(count) - static_cast<int64_t>(oldest->before);
  }

 private:
  static constexpr size_t kMinutes = 60;
  static constexpr int64_t kMinuteMs = 60'000;

  struct Slot {
    int64_t minute = -1;
    uint64_t before = 0;  // its first change
  };
  std::array<Slot, kMinutes> slots_;
};

}  // namespace tidemark::server
