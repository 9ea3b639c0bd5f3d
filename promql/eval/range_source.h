// RangeSource: series whose samples are looked at through windows: a range
// selector or a subquery.
#pragma once

#include <cstdint>
#include <vector>

#include "promql/eval/sample_buffer.h"
#include "promql/eval/saturate.h"
#include "tsdb/base/status.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// Like a VectorOperator: Series once, then NextSeries for each of them.
//
// Threads: one.
class RangeSource {
 public:
  virtual ~RangeSource() = default;

  virtual StatusOr<std::vector<tsdb::Labels>> Series() = 0;

  // Makes the next series the current one.
  virtual Status NextSeries() = 0;

  // Appends to `buffer` all samples of the current series in (start, end] that
  // are not there yet, and perhaps more; neither bound may go back.
  virtual Status Read(int64_t start, int64_t end, SampleBuffer& buffer) = 0;

  // Whether its samples count as read for the query's statistics, per window.
  virtual bool from_storage() const = 0;

  // Whether they carry their start times.
  virtual bool keeps_starts() const { return false; }

  // After Series: whose window aggregates may stand for samples; null: no one's.
  virtual const tsdb::SeriesSet* tiered() const { return nullptr; }

  // Reading that went by the tiers of that set: samples of it, and aggregates.
  virtual void CountTierRead(uint64_t /*samples*/, uint64_t /*aggs*/) {}
};

// What is looked at beyond a window, to know its borders better.
enum class WindowReach {
  kNone,
  kAnchored,  // `anchored`: before it, for the sample that held at its start
  kSmoothed,  // `smoothed`: before and after it, to interpolate at both ends
};

// The windows that a range selector or subquery asks for at each step.
struct WindowTimes {
  Steps steps;
  int64_t range_ms = 0;
  int64_t offset_ms = 0;
  bool fixed = false;  // by `@`: the same window at every step
  int64_t at = 0;
  WindowReach reach = WindowReach::kNone;
  int64_t lookback_ms = 0;  // how far beyond the window that goes

  int64_t End(size_t step) const { return SaturatingSub(fixed ? at : steps.At(step), offset_ms); }
  int64_t Start(size_t step) const { return SaturatingSub(End(step), range_ms); }

  // What has to be read for a window, left-open like it.
  int64_t ReadStart(size_t step) const {
    return reach == WindowReach::kNone ? Start(step) : SaturatingSub(Start(step), lookback_ms);
  }
  int64_t ReadEnd(size_t step) const {
    return reach == WindowReach::kSmoothed ? SaturatingAdd(End(step), lookback_ms) : End(step);
  }
};

}  // namespace tidemark::promql
