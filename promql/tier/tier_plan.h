// TierPlan: what windows of one series are put together from: whole days and
// hours where a tier has them, and samples at the edges.
//
// The times at which any window begins or ends cut time into segments, so that
// each window is a row of whole segments, and nothing is read twice:
//
//   windows         (-----------]
//                       (-----------]
//   segments        (---](------](--]
//   pieces of one   (raw](hour hour hour][day day](hour](raw]
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "promql/eval/range_source.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::promql {

struct TierPiece {
  enum class Source : uint8_t { kRaw, kHour, kDay };

  Source source = Source::kRaw;
  tsdb::TierSpan span;  // of a tier: whole windows
};

struct TierSegment {
  tsdb::TierSpan span;
  // Its pieces: [begin, end) of TierPlan::pieces; they adjoin.
  size_t begin = 0;
  size_t end = 0;
};

// The windows of one tier for which the storage says that they are exact.
struct TierSpans {
  std::vector<tsdb::TierSpan> hours;
  std::vector<tsdb::TierSpan> days;
  bool operator==(const TierSpans&) const = default;
};

struct TierPlan {
  std::vector<TierSegment> segments;  // in the order of time; between windows there may be gaps
  std::vector<TierPiece> pieces;
  bool apart = false;  // each window is a segment, and each segment a window
  // What is read of each tier, near pieces as one span: an iterator each.
  std::vector<tsdb::TierSpan> hour_reads;
  std::vector<tsdb::TierSpan> day_reads;
  // How much that is.
  int64_t raw_ms = 0;
  uint64_t aggs = 0;

  int64_t total_ms = 0;  // of all segments
};

// The segments of `windows`, pieces as `exact` allows.
TierPlan PlanTiers(const WindowTimes& windows, const TierSpans& exact);

// Whether `plan` is less work than reading all samples; `scans`: a function that
// looks at all samples of each window again.
bool IsCheaperThanRaw(const TierPlan& plan, const WindowTimes& windows, bool scans);

}  // namespace tidemark::promql
