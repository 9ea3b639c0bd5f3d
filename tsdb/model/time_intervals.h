// TimeIntervals: a set of times, kept as intervals: what a delete hides.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tidemark::tsdb {

// Milliseconds since the Unix epoch, both inclusive.
struct TimeInterval {
  int64_t mint = 0;
  int64_t maxt = 0;

  bool Contains(int64_t t) const { return mint <= t && t <= maxt; }
  bool Overlaps(const TimeInterval& other) const {
    return mint <= other.maxt && other.mint <= maxt;
  }
  bool operator==(const TimeInterval&) const = default;
};

class TimeIntervals {
 public:
  // Those that overlap or touch become one.  An interval that ends before it
  // begins holds nothing.
  void Add(TimeInterval interval);

  bool empty() const { return intervals_.empty(); }
  bool Contains(int64_t t) const;
  // The one that holds `t`, or else the first after it; null: none.
  const TimeInterval* FirstFrom(int64_t t) const;
  bool Overlaps(const TimeInterval& interval) const;

  // Ascending, with gaps between them.
  std::span<const TimeInterval> all() const { return intervals_; }

 private:
  std::vector<TimeInterval> intervals_;
};

}  // namespace tidemark::tsdb
