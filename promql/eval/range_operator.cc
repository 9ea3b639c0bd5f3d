#include "promql/eval/range_operator.h"

#include <algorithm>
#include <string>
#include <utility>

#include "promql/eval/absent.h"
#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"
#include "promql/functions/range_function.h"
#include "promql/parser/functions.h"
#include "promql/tier/tier_windows.h"
#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

// Moves the windows of one series after the other and meters what they hold.
class WindowCursor {
 public:
  WindowCursor(EvalContext& context, const WindowTimes& windows,
               std::unique_ptr<RangeSource> source)
      : context_(context),
        windows_(windows),
        source_(std::move(source)),
        tally_(*context.tally),
        by_step_(tally_.by_step()) {
    if (source_->keeps_starts()) buffer_.KeepStarts();
  }
  ~WindowCursor() { context_.meter.Release(metered_); }
  WindowCursor(const WindowCursor&) = delete;
  WindowCursor& operator=(const WindowCursor&) = delete;

  StatusOr<std::vector<tsdb::Labels>> Series() { return source_->Series(); }

  RangeSource& source() { return *source_; }

  Status NextSeries() {
    RETURN_IF_ERROR(context_.CheckRunning());
    buffer_.Clear();
    floats_seen_ = histograms_seen_ = 0;
    return source_->NextSeries();
  }

  void EndSeries() { tally_.Add(0, std::exchange(total_, 0), std::exchange(read_, 0)); }

  // Moves to the window of the step.
  Status To(size_t step) {
    const int64_t start = windows_.ReadStart(step);
    const int64_t end = windows_.ReadEnd(step);
    RETURN_IF_ERROR(source_->Read(start, end, buffer_));
    Window& window = buffer_.Move(start, end);
    window.start = windows_.Start(step);
    window.end = windows_.End(step);
    window_ = &window;
    Count(window, step);
    return Meter();
  }

  // Valid until the next call of To.
  const Window& window() const { return *window_; }

 private:
  void Count(const Window& window, size_t step) {
    const uint64_t total = buffer_.WindowSamples();
    const uint64_t read = source_->from_storage() ? NewSamples(window) : 0;
    if (by_step_) {
      tally_.Add(step, total, read);
    } else {
      total_ += total;
      read_ += read;
    }
  }

  // What no window before had.
  uint64_t NewSamples(const Window& window) {
    const auto count_new = [](uint64_t first, size_t size, uint64_t& seen) {
      const uint64_t end = first + size;
      const uint64_t added = std::min<uint64_t>(size, end - std::min(seen, end));
      seen = std::max(seen, end);
      return added;
    };
    uint64_t samples = count_new(window.first_float, window.floats.size(), floats_seen_);
    const uint64_t histograms =
        count_new(window.first_histogram, window.histograms.size(), histograms_seen_);
    for (const HistogramPtr& h : window.histograms.last(histograms)) {
      samples += HistogramSamples(*h);
    }
    return samples;
  }

  Status Meter() {
    const uint64_t held = buffer_.held();
    if (held == metered_) return OkStatus();
    context_.meter.Release(metered_);
    metered_ = held;
    return context_.meter.Take(held);
  }

  EvalContext& context_;
  const WindowTimes windows_;
  const std::unique_ptr<RangeSource> source_;
  SampleTally& tally_;
  const bool by_step_;
  SampleBuffer buffer_;
  const Window* window_ = nullptr;  // the buffer's
  uint64_t metered_ = 0;
  // Samples of the series up to the end of the last window.
  uint64_t floats_seen_ = 0;
  uint64_t histograms_seen_ = 0;
  // Not handed to the tally yet.
  uint64_t total_ = 0;
  uint64_t read_ = 0;
};

class RangeOperator : public VectorOperator {
 public:
  RangeOperator(EvalContext& context, const promql::Call& call, const WindowTimes& windows,
                std::unique_ptr<RangeSource> source,
                std::vector<std::unique_ptr<ScalarOperator>> scalars)
      : context_(context),
        windows_(windows),
        steps_(windows.steps),
        use_(AggUseOf(call.function->name)),
        keeps_name_(KeepsMetricName(call.function->name)),
        scalars_(std::move(scalars)),
        cursor_(context, windows, std::move(source)),
        call_{.context = context,
              .steps = windows.steps,
              .pos = AnnotationPosition(call),
              .range_ms = windows.range_ms,
              .reach = windows.reach,
              .scalars = {},
              .metric = {}},
        function_(MakeRangeFunction(call.function->name, call_)) {
    CHECK(function_ != nullptr, "not a function of a range vector");
  }

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    for (const auto& scalar : scalars_) {
      ASSIGN_OR_RETURN(std::vector<double> values, scalar->Values());
      call_.scalars.push_back(std::move(values));
    }
    ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, cursor_.Series());
    tiers_ = MakeTierWindows(context_, windows_, use_, cursor_.source());
    name_of_.reserve(labels.size());
    for (tsdb::Labels& l : labels) {
      const std::string_view name = l.metric_name();
      if (names_.empty() || names_.back() != name) names_.emplace_back(name);
      name_of_.push_back(static_cast<uint32_t>(names_.size() - 1));
      if (!keeps_name_) l = DropMetadataLabels(context_, l);
    }
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(cursor_.NextSeries());
    call_.metric = names_[name_of_[next_++]];
    function_->StartSeries();
    out.Reset(steps_.count);
    bool by_tiers = false;
    if (tiers_ != nullptr) {
      ASSIGN_OR_RETURN(by_tiers, tiers_->StartSeries(next_ - 1));
    }
    for (size_t step = 0; step < steps_.count; ++step) {
      if (by_tiers) {
        ASSIGN_OR_RETURN(const bool done, EvaluateByTiers(step, out));
        if (done) continue;
      }
      RETURN_IF_ERROR(cursor_.To(step));
      const Window& window = cursor_.window();
      if (!window.empty()) RETURN_IF_ERROR(function_->Evaluate(window, step, out));
      if (step % kStepsBetweenChecks == 0 || IsLongWindow(window))
        RETURN_IF_ERROR(context_.CheckRunning());
    }
    if (by_tiers) RETURN_IF_ERROR(tiers_->EndSeries());
    function_->EndSeries(out);
    cursor_.EndSeries();
    return OkStatus();
  }

 private:
  // False: only the samples tell.
  StatusOr<bool> EvaluateByTiers(size_t step, StepSeries& out) {
    ASSIGN_OR_RETURN(const AggWindow* window, tiers_->At(step));
    if (window == nullptr) return false;
    return window->empty() || function_->EvaluateAgg(*window, step, out);
  }

  // The result of a subquery has no position of its own.
  static PositionRange AnnotationPosition(const promql::Call& call) {
    const Expr* arg = Unwrap(call.args[0].get());
    return As<SubqueryExpr>(arg) != nullptr ? PositionRange{} : arg->pos;
  }

  static constexpr size_t kStepsBetweenChecks = 1024;

  // One whose evaluation may take milliseconds.
  static bool IsLongWindow(const Window& window) {
    return window.floats.size() > 10'000 || window.histograms.size() > 100;
  }

  EvalContext& context_;
  const WindowTimes windows_;
  const Steps steps_;
  const AggUse use_;
  const bool keeps_name_;
  const std::vector<std::unique_ptr<ScalarOperator>> scalars_;
  WindowCursor cursor_;
  std::unique_ptr<TierWindows> tiers_;  // null: samples only
  RangeCall call_;
  const std::unique_ptr<RangeFunction> function_;
  std::vector<std::string> names_;  // of the metrics; neighbours differ
  std::vector<uint32_t> name_of_;   // by series
  size_t next_ = 0;
};

// Samples at all steps whose window is not empty, for AbsentOperator.
class PresenceOperator : public VectorOperator {
 public:
  PresenceOperator(EvalContext& context, const WindowTimes& windows,
                   std::unique_ptr<RangeSource> source)
      : context_(context), windows_(windows), cursor_(context, windows, std::move(source)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, cursor_.Series());
    tiers_ = MakeTierWindows(context_, windows_, AggUse::kEnds, cursor_.source());
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(cursor_.NextSeries());
    out.Reset(windows_.steps.count);
    bool by_tiers = false;
    if (tiers_ != nullptr) {
      ASSIGN_OR_RETURN(by_tiers, tiers_->StartSeries(next_));
    }
    ++next_;
    for (size_t step = 0; step < windows_.steps.count; ++step) {
      ASSIGN_OR_RETURN(const bool present, IsPresent(by_tiers, step));
      if (present) out.SetFloat(step, 1);
      RETURN_IF_ERROR(context_.CheckRunning(step));
    }
    if (by_tiers) RETURN_IF_ERROR(tiers_->EndSeries());
    cursor_.EndSeries();
    return OkStatus();
  }

 private:
  StatusOr<bool> IsPresent(bool by_tiers, size_t step) {
    if (by_tiers) {
      ASSIGN_OR_RETURN(const AggWindow* window, tiers_->At(step));
      if (window != nullptr) return !window->empty();
    }
    RETURN_IF_ERROR(cursor_.To(step));
    return !cursor_.window().empty();
  }

  EvalContext& context_;
  const WindowTimes windows_;
  WindowCursor cursor_;
  std::unique_ptr<TierWindows> tiers_;  // null: samples only
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeRangeOperator(
    EvalContext& context, const Call& call, const WindowTimes& windows,
    std::unique_ptr<RangeSource> source, std::vector<std::unique_ptr<ScalarOperator>> scalars) {
  auto op = std::make_unique<RangeOperator>(context, call, windows, std::move(source),
                                            std::move(scalars));
  return MakeUniqueSeries(context, windows.steps, std::move(op), SameLabels::kRefuse);
}

std::unique_ptr<VectorOperator> MakeAbsentOverTime(EvalContext& context, const Call& call,
                                                   const WindowTimes& windows,
                                                   std::unique_ptr<RangeSource> source) {
  return MakeAbsent(windows.steps, *call.args[0],
                    std::make_unique<PresenceOperator>(context, windows, std::move(source)));
}

}  // namespace tidemark::promql
