#include "tsdb/model/time_intervals.h"

#include <algorithm>
#include <limits>

namespace tidemark::tsdb {
namespace {

// Whether `a` ends before the millisecond in front of `b`.
bool EndsBefore(const TimeInterval& a, const TimeInterval& b) {
  return a.maxt != std::numeric_limits<int64_t>::max() && a.maxt + 1 < b.mint;
}

}  // namespace

void TimeIntervals::Add(TimeInterval interval) {
  if (interval.mint > interval.maxt) return;
  const auto first = std::lower_bound(intervals_.begin(), intervals_.end(), interval, EndsBefore);
  auto last = first;
  for (; last != intervals_.end() && !EndsBefore(interval, *last); ++last) {
    interval.mint = std::min(interval.mint, last->mint);
    interval.maxt = std::max(interval.maxt, last->maxt);
  }
  intervals_.insert(intervals_.erase(first, last), interval);
}

const TimeInterval* TimeIntervals::FirstFrom(int64_t t) const {
  const auto found =
      std::lower_bound(intervals_.begin(), intervals_.end(), t,
                       [](const TimeInterval& one, int64_t time) { return one.maxt < time; });
  return found == intervals_.end() ? nullptr : &*found;
}

bool TimeIntervals::Contains(int64_t t) const {
  const TimeInterval* found = FirstFrom(t);
  return found != nullptr && found->mint <= t;
}

bool TimeIntervals::Overlaps(const TimeInterval& interval) const {
  const TimeInterval* found = FirstFrom(interval.mint);
  return found != nullptr && found->mint <= interval.maxt;
}

}  // namespace tidemark::tsdb
