// SeriesSlab: where the series of a shard lie, in the order in which they came,
// so that a sender that repeats its order walks through memory in order.  The
// places of those that go are taken again.
#pragma once

#include <cstddef>
#include <deque>
#include <new>
#include <utility>
#include <vector>

#include "tsdb/head/head_series.h"

namespace tidemark::tsdb {

// Threads: like a std::vector.  Series do not move.
class SeriesSlab {
 public:
  SeriesSlab() = default;
  ~SeriesSlab() {
    for (size_t i = 0; i < places_.size(); ++i) {
      if (HeadSeries* series = At(i)) series->~HeadSeries();
    }
  }
  SeriesSlab(const SeriesSlab&) = delete;
  SeriesSlab& operator=(const SeriesSlab&) = delete;

  template <typename... Args>
  HeadSeries& Add(Args&&... args) {
    size_t at = places_.size();
    if (free_.empty()) {
      places_.emplace_back();
      used_.push_back(true);
    } else {
      at = free_.back();
      free_.pop_back();
      used_[at] = true;
    }
    return *new (places_[at].bytes) HeadSeries(std::forward<Args>(args)...);
  }

  // Places, of which some may be free: for loops that let go of a lock.
  size_t places() const { return places_.size(); }
  // Null when the place is free.
  HeadSeries* At(size_t i) {
    return used_[i] ? std::launder(reinterpret_cast<HeadSeries*>(places_[i].bytes)) : nullptr;
  }
  void Remove(size_t i) {
    At(i)->~HeadSeries();
    used_[i] = false;
    free_.push_back(i);
  }

 private:
  struct Place {
    alignas(HeadSeries) std::byte bytes[sizeof(HeadSeries)];
  };
  std::deque<Place> places_;
  std::vector<bool> used_;
  std::vector<size_t> free_;
};

}  // namespace tidemark::tsdb
