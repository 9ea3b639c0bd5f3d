// TwoStack: a queue that knows what all it holds combines to, in the order of
// time, at three calls of Combine for each element that goes through it, however
// long the queue is.
//
// The old end is a stack of what each element and all younger ones of that stack
// combine to; the young end keeps its elements and their total.  When the old end
// is empty, the young one is turned over into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tidemark::promql {

// T: default is "nothing"; Combine(const T& later).
//
// Threads: one.
template <typename T>
class TwoStack {
 public:
  void Clear() {
    old_.clear();
    young_.clear();
    total_ = T();
  }

  size_t size() const { return old_.size() + young_.size(); }

  // Behind all others; `from` is when it begins.
  void Push(int64_t from, const T& value) {
    total_.Combine(value);
    young_.push_back({from, value});
  }

  // Drops what begins before `t`.
  void DropBefore(int64_t t) {
    while (size() > 0) {
      if (old_.empty()) {
        if (young_.front().from >= t) return;
        TurnOver(t);
        continue;
      }
      if (old_.back().from >= t) return;
      old_.pop_back();
    }
  }

  // Of all of it; valid until the next call.
  const T& Combined() {
    if (old_.empty()) return total_;
    if (young_.empty()) return old_.back().value;
    combined_ = old_.back().value;
    combined_.Combine(total_);
    return combined_;
  }

  // The same queue of another type.
  template <typename U, typename Convert>
  void MoveTo(TwoStack<U>& to, Convert convert) {
    to.Clear();
    for (Entry& e : old_) to.old_.push_back({e.from, convert(e.value)});
    for (Entry& e : young_) to.young_.push_back({e.from, convert(e.value)});
    to.total_ = convert(total_);
    Clear();
  }

 private:
  template <typename>
  friend class TwoStack;

  struct Entry {
    int64_t from = 0;
    T value;
  };

  // What begins before `t` is not worth turning.
  void TurnOver(int64_t t) {
    while (!young_.empty() && young_.back().from >= t) {
      Entry entry = std::move(young_.back());
      young_.pop_back();
      if (!old_.empty()) entry.value.Combine(old_.back().value);
      old_.push_back(std::move(entry));
    }
    young_.clear();
    total_ = T();
  }

  std::vector<Entry> old_;  // the oldest at the back
  std::vector<Entry> young_;
  T total_;  // of young_
  T combined_;
};

}  // namespace tidemark::promql
