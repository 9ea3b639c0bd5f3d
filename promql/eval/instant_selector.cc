#include "promql/eval/instant_selector.h"

#include <utility>
#include <vector>

#include "promql/eval/metadata_labels.h"
#include "promql/eval/selected_series.h"
#include "promql/eval/unique_series.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

using tsdb::SampleRun;

// Walks the runs of one series forward and knows the newest sample up to a time.
class NewestSample {
 public:
  void Start(std::unique_ptr<tsdb::SampleIterator> it, int64_t lookback_ms) {
    it_ = std::move(it);
    lookback_ms_ = lookback_ms;
    size_ = next_ = 0;
    found_ = exhausted_ = false;
    histogram_.reset();
  }

  // Moves on to the newest sample at or before `t`, which never goes back.
  // False when there is none within the lookback, or it is a stale marker.
  StatusOr<bool> MoveTo(int64_t t) {
    const int64_t after = SaturatingSub(t, lookback_ms_);
    TakeUntil(t);
    while (next_ == size_ && !exhausted_) {
      KeepHistogram();
      const bool more = found_ && t_ > after ? it_->Next() : it_->Seek(SaturatingAdd(after, 1));
      size_ = more ? it_->run().size() : 0;
      next_ = 0;
      exhausted_ = !more;
      if (exhausted_) RETURN_IF_ERROR(it_->status());
      TakeUntil(t);
    }
    return found_ && t_ > after && !stale();
  }

  int64_t t() const { return t_; }
  int64_t start() const { return start_; }
  bool is_float() const { return is_float_; }
  double value() const { return value_; }
  // The same object as long as the sample is the same.
  const HistogramPtr& histogram() {
    KeepHistogram();
    return histogram_;
  }

 private:
  void TakeUntil(int64_t t) {
    if (next_ == size_) return;
    const SampleRun& run = it_->run();
    const size_t before = next_;
    while (next_ < size_ && run.t[next_] <= t) ++next_;
    if (next_ == before) return;
    found_ = true;
    t_ = run.t[next_ - 1];
    start_ = run.start.empty() ? 0 : run.start[next_ - 1];
    is_float_ = run.is_float();
    histogram_.reset();
    if (is_float_) {
      value_ = run.v[next_ - 1];
    } else {
      stored_ = &run.h[next_ - 1];
    }
  }

  // Histograms of a run are gone when the iterator moves on.
  void KeepHistogram() {
    if (!found_ || is_float_ || histogram_ != nullptr) return;
    histogram_ = std::make_shared<const tsdb::FloatHistogram>(*stored_);
  }

  bool stale() const {
    if (is_float_) return tsdb::IsStaleNaN(value_);
    return histogram_ != nullptr ? histogram_->IsStale() : stored_->IsStale();
  }

  std::unique_ptr<tsdb::SampleIterator> it_;
  int64_t lookback_ms_ = 0;
  size_t size_ = 0;  // of the iterator's run
  size_t next_ = 0;  // the first sample of it that is not taken
  bool exhausted_ = false;
  bool found_ = false;  // whether what follows means anything
  int64_t t_ = 0;
  int64_t start_ = 0;
  bool is_float_ = true;
  double value_ = 0;
  const tsdb::FloatHistogram* stored_ = nullptr;  // in the run
  HistogramPtr histogram_;                        // its copy, made when needed
};

// Whether the result is of another metric than the series: timestamp() and such.
bool IsFunctionOfTimes(SelectorValue value) {
  return value == SelectorValue::kTimestamp || value == SelectorValue::kStartTime;
}

class InstantSelector : public VectorOperator {
 public:
  InstantSelector(EvalContext& context, const VectorSelector& selector, const WindowTimes& times,
                  tsdb::SelectHints hints, SelectorValue value)
      : context_(context),
        selector_(selector),
        times_(times),
        hints_(std::move(hints)),
        value_(value),
        tally_(*context.tally),
        by_step_(tally_.by_step()) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(set_, SelectSeries(context_, selector_, hints_));
    std::vector<tsdb::Labels> labels = LabelsOf(*set_);
    if (IsFunctionOfTimes(value_)) {
      for (tsdb::Labels& l : labels) l = DropMetadataLabels(context_, l);
    }
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(context_.CheckRunning());
    newest_.Start(set_->Samples(next_++), context_.lookback_ms);
    out.Reset(times_.steps.count);
    for (size_t step = 0; step < times_.steps.count; ++step) {
      if (step > 0) RETURN_IF_ERROR(context_.CheckRunning(step));
      ASSIGN_OR_RETURN(const bool found, newest_.MoveTo(times_.End(step)));
      if (found) Emit(step, out);
    }
    tally_.Add(0, counted_, counted_);
    counted_ = 0;
    return OkStatus();
  }

 private:
  void Emit(size_t step, StepSeries& out) {
    if (IsFunctionOfTimes(value_)) {
      const int64_t t = value_ == SelectorValue::kTimestamp ? newest_.t() : newest_.start();
      out.SetFloat(step, static_cast<double>(t) / 1000);
      Count(step, 1);
    } else if (newest_.is_float()) {
      out.SetFloat(step, value_ == SelectorValue::kSampleTime ? static_cast<double>(newest_.t())
                                                              : newest_.value());
      Count(step, 1);
    } else {
      out.SetHistogram(step, newest_.histogram());
      Count(step, HistogramSamples(*newest_.histogram()));
    }
  }

  void Count(size_t step, uint64_t samples) {
    if (by_step_) {
      tally_.Add(step, samples, samples);
    } else {
      counted_ += samples;
    }
  }

  EvalContext& context_;
  const VectorSelector& selector_;
  const WindowTimes times_;
  const tsdb::SelectHints hints_;
  const SelectorValue value_;
  SampleTally& tally_;
  const bool by_step_;
  uint64_t counted_ = 0;  // not handed to the tally yet
  std::unique_ptr<tsdb::SeriesSet> set_;
  size_t next_ = 0;
  NewestSample newest_;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeInstantSelector(EvalContext& context,
                                                    const VectorSelector& selector,
                                                    const WindowTimes& times,
                                                    tsdb::SelectHints hints, SelectorValue value) {
  auto op = std::make_unique<InstantSelector>(context, selector, times, std::move(hints), value);
  if (!IsFunctionOfTimes(value)) return op;
  return MakeUniqueSeries(context, times.steps, std::move(op));
}

}  // namespace tidemark::promql
