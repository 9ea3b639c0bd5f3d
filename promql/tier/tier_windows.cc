#include "promql/tier/tier_windows.h"

#include <algorithm>
#include <utility>

#include "promql/tier/float_window.h"
#include "promql/tier/piece_reader.h"
#include "promql/tier/tier_plan.h"
#include "promql/tier/two_stack.h"

namespace tidemark::promql {
namespace {

using tsdb::Agg;
using tsdb::HistogramAgg;
using tsdb::Tier;
using tsdb::TierSpan;

// What has to be planned segment by segment; beyond, samples are read.
constexpr size_t kMostSteps = 1'000'000;

const HistogramAgg& NoHistograms() {
  static const auto& none = *new HistogramAgg();
  return none;
}

// `from` without what a function of `use` does not look at, so that nothing is
// spent on combining it.
Agg Needed(const Agg& from, AggUse use) {
  Agg to;
  to.floats = from.floats;
  to.resets = from.resets;
  to.changes = from.changes;
  const HistogramAgg& h = from.histograms;
  to.histograms.n = h.n;
  if (h.n == 0) return to;
  to.histograms.first = h.first;
  to.histograms.last = h.last;
  to.histograms.first_is_reset = h.first_is_reset;
  to.histograms.lowest_schema = h.lowest_schema;
  to.histograms.gauges = h.gauges;
  to.histograms.reset_hint_seen = h.reset_hint_seen;
  to.histograms.no_reset_hint_seen = h.no_reset_hint_seen;
  to.histograms.raw_only = h.raw_only;
  to.histograms.no_sums = h.no_sums;
  if (use == AggUse::kResets) {
    to.histograms.has_correction = h.has_correction;
    to.histograms.correction = h.correction;
  } else if (use == AggUse::kSums) {
    to.histograms.sum = h.sum;
    to.histograms.compensation = h.compensation;
  }
  return to;
}

uint64_t SamplesOf(const Agg& agg) {
  const HistogramAgg& h = agg.histograms;
  return sizeof(Agg) / 16 + HistogramSamples(h.first.h) + HistogramSamples(h.last.h) +
         HistogramSamples(h.correction) + HistogramSamples(h.sum) +
         HistogramSamples(h.compensation);
}

class StitchedWindows : public TierWindows {
 public:
  StitchedWindows(EvalContext& context, const WindowTimes& windows, AggUse use, RangeSource& source)
      : context_(context),
        windows_(windows),
        use_(use),
        source_(source),
        set_(*source.tiered()),
        tally_(*context.tally),
        by_step_(tally_.by_step()),
        reader_(set_) {}
  ~StitchedWindows() override { context_.meter.Release(metered_); }

  StatusOr<bool> StartSeries(size_t series) override {
    ASSIGN_OR_RETURN(TierSpans exact, ExactOf(series));
    if (!planned_ || exact != exact_) {
      exact_ = std::move(exact);
      planned_ = true;
      plan_ = PlanTiers(windows_, exact_);
      cheaper_ = IsCheaperThanRaw(plan_, windows_, use_ != AggUse::kResets);
    }
    if (!cheaper_) return false;
    reader_.StartSeries(series, plan_);
    next_segment_ = 0;
    counted_ = 0;
    both_types_ = false;
    floats_.Clear();
    both_.Clear();
    RETURN_IF_ERROR(Meter());
    return true;
  }

  StatusOr<const AggWindow*> At(size_t step) override {
    window_.start = windows_.Start(step);
    window_.end = windows_.End(step);
    const AggWindow* const found = plan_.apart ? AtSegment(step) : AtQueue();
    if (by_step_) CountRead(step);
    if (metered_ != Held()) RETURN_IF_ERROR(Meter());
    RETURN_IF_ERROR(context_.CheckRunning(step));
    return found;
  }

  Status EndSeries() override {
    if (!by_step_) CountRead(0);
    source_.CountTierRead(reader_.samples(), reader_.aggs());
    return reader_.status();
  }

 private:
  StatusOr<TierSpans> ExactOf(size_t series) const {
    const int64_t from = windows_.Start(0);
    const int64_t to = windows_.End(windows_.steps.count - 1);
    TierSpans exact;
    const auto read = [&](Tier tier, std::vector<TierSpan>& spans) -> Status {
      ASSIGN_OR_RETURN(auto covered, set_.tiers()->Coverage(series, tier, from, to));
      spans = std::move(covered.exact);
      return OkStatus();
    };
    RETURN_IF_ERROR(read(Tier::kHour, exact.hours));
    if (context_.tiers == TierUse::kDay) RETURN_IF_ERROR(read(Tier::kDay, exact.days));
    return exact;
  }

  // The window is a segment of its own.
  const AggWindow* AtSegment(size_t step) {
    const TierSegment& segment = plan_.segments[step];
    const bool one_piece = segment.end - segment.begin == 1;
    const TierPiece& first = plan_.pieces[segment.begin];
    if (one_piece && first.source == TierPiece::Source::kRaw) return nullptr;
    if (one_piece && IsOneWindow(first)) {
      const Agg* agg = reader_.NextAgg(first);
      return agg == nullptr ? ShowNothing() : Show(*agg);
    }
    Read(segment);
    return both_types_ ? Show(segment_both_) : Show(segment_floats_);
  }

  static bool IsOneWindow(const TierPiece& piece) {
    const Tier tier = piece.source == TierPiece::Source::kHour ? Tier::kHour : Tier::kDay;
    return piece.span.to - piece.span.from == tsdb::TierWindowMs(tier);
  }

  // The window is a queue of segments.
  const AggWindow* AtQueue() {
    for (; next_segment_ < plan_.segments.size(); ++next_segment_) {
      const TierSegment& segment = plan_.segments[next_segment_];
      if (segment.span.to > window_.end) break;
      Read(segment);
      if (both_types_) {
        largest_ = std::max(largest_, SamplesOf(segment_both_));
        both_.Push(segment.span.from, segment_both_);
      } else {
        floats_.Push(segment.span.from, segment_floats_);
      }
    }
    if (both_types_) {
      both_.DropBefore(window_.start);
      return Show(both_.Combined());
    }
    floats_.DropBefore(window_.start);
    return Show(floats_.Combined());
  }

  void Read(const TierSegment& segment) {
    segment_floats_ = {};
    if (both_types_) segment_both_ = {};
    for (size_t i = segment.begin; i < segment.end; ++i) {
      const TierPiece& piece = plan_.pieces[i];
      if (piece.source == TierPiece::Source::kRaw) {
        ReadSamples(piece);
      } else {
        ReadAggs(piece);
      }
    }
  }

  void ReadAggs(const TierPiece& piece) {
    while (const Agg* agg = reader_.NextAgg(piece)) {
      if (!both_types_ && agg->histograms.n > 0) SwitchToBothTypes();
      if (both_types_) {
        segment_both_.Combine(Needed(*agg, use_));
      } else {
        segment_floats_.Combine(FloatWindow(*agg));
      }
    }
  }

  void ReadSamples(const TierPiece& piece) {
    Agg edge;
    for (auto run = reader_.NextRun(piece); run.size() > 0; run = reader_.NextRun(piece)) {
      if (!both_types_ && !run.is_float()) SwitchToBothTypes();
      if (both_types_) {
        edge.Add(run);
        continue;
      }
      for (size_t i = 0; i < run.size(); ++i) segment_floats_.Add({run.t[i], run.v[i]});
    }
    if (both_types_) segment_both_.Combine(Needed(edge, use_));
  }

  // For the rest of the series.
  void SwitchToBothTypes() {
    both_types_ = true;
    segment_both_ = segment_floats_.ToAgg();
    floats_.MoveTo(both_, [](const FloatWindow& w) { return w.ToAgg(); });
  }

  const AggWindow* Show(const FloatWindow& w) {
    window_.floats = &w.floats;
    window_.histograms = &NoHistograms();
    window_.resets = w.resets;
    window_.changes = w.changes;
    return &window_;
  }
  const AggWindow* Show(const Agg& agg) {
    window_.floats = &agg.floats;
    window_.histograms = &agg.histograms;
    window_.resets = agg.resets;
    window_.changes = agg.changes;
    return &window_;
  }
  const AggWindow* ShowNothing() {
    segment_floats_ = {};
    return Show(segment_floats_);
  }

  // An aggregate counts as one sample.
  void CountRead(size_t step) {
    const uint64_t read = reader_.samples() + reader_.aggs();
    tally_.Add(step, read - counted_, read - counted_);
    counted_ = read;
  }

  uint64_t Held() const {
    return floats_.size() * sizeof(FloatWindow) / 16 + both_.size() * largest_;
  }
  Status Meter() {
    context_.meter.Release(metered_);
    metered_ = Held();
    return context_.meter.Take(metered_);
  }

  EvalContext& context_;
  const WindowTimes windows_;
  const AggUse use_;
  RangeSource& source_;
  const tsdb::SeriesSet& set_;
  SampleTally& tally_;
  const bool by_step_;
  PieceReader reader_;
  // Series mostly have the same coverage, and then the same plan.
  bool planned_ = false;
  TierSpans exact_;
  TierPlan plan_;
  bool cheaper_ = false;
  // Of the current series.
  size_t next_segment_ = 0;
  bool both_types_ = false;  // histograms were met
  TwoStack<FloatWindow> floats_;
  TwoStack<Agg> both_;
  FloatWindow segment_floats_;
  Agg segment_both_;
  AggWindow window_;
  uint64_t counted_ = 0;
  uint64_t largest_ = 0;  // of the aggregates in both_, in samples
  uint64_t metered_ = 0;
};

}  // namespace

std::unique_ptr<TierWindows> MakeTierWindows(EvalContext& context, const WindowTimes& windows,
                                             AggUse use, RangeSource& source) {
  const bool can = context.tiers != TierUse::kRaw && use != AggUse::kNone &&
                   source.tiered() != nullptr && windows.steps.count <= kMostSteps;
  return can ? std::make_unique<StitchedWindows>(context, windows, use, source) : nullptr;
}

}  // namespace tidemark::promql
