#include "promql/tier/tier_plan.h"

#include <algorithm>

namespace tidemark::promql {
namespace {

using tsdb::Tier;
using tsdb::TierSpan;
using Source = TierPiece::Source;

// Skipping so many windows costs less than to begin anew behind them.
constexpr int64_t kNearWindows = 24;

// Cuts time at the ends of windows, and leaves out what no window holds.
class Segmenter {
 public:
  Segmenter(const WindowTimes& windows, TierPlan& plan)
      : windows_(windows), count_(windows.steps.count), plan_(plan) {}

  void Run() {
    plan_.segments.reserve(count_);
    int64_t at = windows_.Start(0);
    while (ended_ < count_) {
      const int64_t next = NextCut(at);
      if (started_ > ended_) plan_.segments.push_back({.span = {at, next}});
      at = next;
    }
    plan_.apart = plan_.segments.size() == count_ && !windows_.fixed &&
                  (count_ == 1 || windows_.range_ms <= windows_.steps.step_ms);
  }

 private:
  // The first border after `at`, where everything up to it has begun and ended.
  int64_t NextCut(int64_t at) {
    while (started_ < count_ && windows_.Start(started_) <= at) ++started_;
    while (ended_ < count_ && windows_.End(ended_) <= at) ++ended_;
    if (ended_ == count_) return at;
    const int64_t end = windows_.End(ended_);
    return started_ == count_ ? end : std::min(end, windows_.Start(started_));
  }

  const WindowTimes& windows_;
  const size_t count_;
  TierPlan& plan_;
  size_t started_ = 0;  // windows that begin at or before the current cut
  size_t ended_ = 0;
};

// Covers segments, which come in the order of time, by pieces.
class Coverer {
 public:
  Coverer(const TierSpans& exact, TierPlan& plan) : exact_(exact), plan_(plan) {}

  void Cover(TierSegment& segment) {
    segment.begin = plan_.pieces.size();
    ByDays(segment.span);
    segment.end = plan_.pieces.size();
    plan_.total_ms += segment.span.to - segment.span.from;
  }

 private:
  void ByDays(TierSpan span) {
    By(Tier::kDay, exact_.days, span, [this](TierSpan rest) { ByHours(rest); });
  }
  void ByHours(TierSpan span) {
    By(Tier::kHour, exact_.hours, span, [this](TierSpan rest) { Raw(rest); });
  }
  void Raw(TierSpan span) {
    plan_.pieces.push_back({Source::kRaw, span});
    plan_.raw_ms += span.to - span.from;
  }

  // The whole windows in `span` that are exact; `otherwise` covers what is between.
  template <typename Otherwise>
  void By(Tier tier, const std::vector<TierSpan>& exact, TierSpan span, Otherwise otherwise) {
    auto at = std::partition_point(exact.begin(), exact.end(),
                                   [&](const TierSpan& s) { return s.to <= span.from; });
    for (; at != exact.end() && at->from < span.to; ++at) {
      const TierSpan whole =
          tsdb::WholeWindows(tier, std::max(span.from, at->from), std::min(span.to, at->to));
      if (whole.from == whole.to) continue;
      if (span.from < whole.from) otherwise({span.from, whole.from});
      Take(tier, whole);
      span.from = whole.to;
    }
    if (span.from < span.to) otherwise(span);
  }

  void Take(Tier tier, TierSpan whole) {
    const bool hours = tier == Tier::kHour;
    plan_.pieces.push_back({hours ? Source::kHour : Source::kDay, whole});
    const int64_t window_ms = tsdb::TierWindowMs(tier);
    plan_.aggs += static_cast<uint64_t>((whole.to - whole.from) / window_ms);
    std::vector<TierSpan>& reads = hours ? plan_.hour_reads : plan_.day_reads;
    if (!reads.empty() && whole.from - reads.back().to <= kNearWindows * window_ms) {
      reads.back().to = whole.to;
    } else {
      reads.push_back(whole);
    }
  }

  const TierSpans& exact_;
  TierPlan& plan_;
};

}  // namespace

TierPlan PlanTiers(const WindowTimes& windows, const TierSpans& exact) {
  TierPlan plan;
  Segmenter(windows, plan).Run();
  Coverer coverer(exact, plan);
  for (TierSegment& segment : plan.segments) coverer.Cover(segment);
  return plan;
}

// In samples decoded and looked at, of which there is one a minute.  An aggregate
// costs as much as a few of them, and so does a step; estimates, not measured yet.
bool IsCheaperThanRaw(const TierPlan& plan, const WindowTimes& windows, bool scans) {
  if (plan.aggs == 0) return false;
  constexpr double kSampleMs = 60'000;
  constexpr double kAgg = 4;
  constexpr double kStep = 4;
  constexpr double kCombinedSample = 4;
  const auto steps = static_cast<double>(windows.steps.count);
  const double window = static_cast<double>(windows.range_ms) / kSampleMs;
  const double raw =
      static_cast<double>(plan.total_ms) / kSampleMs + steps * (scans ? 0.3 * window : 0.5);
  const double tiers = kCombinedSample * static_cast<double>(plan.raw_ms) / kSampleMs +
                       kAgg * static_cast<double>(plan.aggs) + kStep * steps;
  return tiers < raw;
}

}  // namespace tidemark::promql
