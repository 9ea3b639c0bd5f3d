// What is known of the inputs and outputs of an Aggregator: plain values, which the
// storage keeps too (server/aggregate/fold_records.h).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/aggregate/fold.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/labels.h"

namespace tidemark::server {

// A hash that stands for an input or an output, under a seed that the storage keeps.
struct FoldId {
  uint64_t high = 0;
  uint64_t low = 0;
  bool operator==(const FoldId&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const FoldId& id) {
    return H::combine(std::move(h), id.low);
  }
};

inline constexpr int64_t kNoTime = std::numeric_limits<int64_t>::min();

// The first point of the grid that is not before `t`: windows are left-open, as in
// PromQL.  `t` is not within an interval of the largest int64.
inline int64_t GridEnd(int64_t t, int64_t interval_ms) {
  const int64_t rest = t % interval_ms;
  if (rest == 0) return t;
  return rest > 0 ? t - rest + interval_ms : t - rest;
}

// `ms` before `t`, or the first time there is.
inline int64_t TimeBefore(int64_t t, int64_t ms) { return t < kNoTime + ms ? kNoTime : t - ms; }

// What came in for one point of the grid that is not emitted yet.
struct FoldWindow {
  int64_t end = 0;      // the point
  double increase = 0;  // of float counters, since the point before
  std::optional<tsdb::FloatHistogram> histogram;
};

struct FoldOutput {
  FoldId id;
  tsdb::Labels labels;
  FoldFunction function = FoldFunction::kIncrease;
  bool histograms = false;
  // Whether a point of it is stored that later ones can be compared with.
  bool born = false;
  int64_t emitted = kNoTime;  // the newest point
  double total = 0;           // of float counters, at `emitted`
  tsdb::FloatHistogram histogram_total;
  std::vector<FoldWindow> windows;  // by end, ascending

  // Not stored:
  bool dirty = false;
  bool queued = false;           // among those to look at for points that are due
  int64_t newest = kNoTime;      // time of a sample
  int64_t heard_ms = 0;          // when one came, by the clock
  uint64_t sources = 0;          // inputs
  uint64_t live = 0;             // of those, that did not end by a stale marker
  uint64_t bytes = 0;            // of memory
  std::vector<uint32_t> inputs;  // of gauges: their places
};

// A gauge's value; StaleNaN: its end.
struct FoldGauge {
  int64_t t = 0;
  double v = 0;
};

struct FoldInput {
  FoldId id;
  FoldOutput* output = nullptr;
  int64_t t = kNoTime;  // of the newest sample taken; kNoTime: none yet
  bool ended = false;   // it was a stale marker
  double v = 0;         // counters: the newest value
  std::unique_ptr<tsdb::FloatHistogram> histogram;
  // Gauges: the newest value of each window that is not emitted, and the one before
  // these, by time.
  std::vector<FoldGauge> gauges;

  // Not stored:
  uint32_t place = 0;  // in the Aggregator
  int64_t heard_ms = 0;
  uint64_t bytes = 0;
};

}  // namespace tidemark::server
