#include "promql/eval/subquery_source.h"

#include <utility>
#include <vector>

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

// Only `gauge` still holds.
HistogramPtr WithoutResetHint(HistogramPtr h) {
  if (h->counter_reset_hint != CounterResetHint::kCounterReset &&
      h->counter_reset_hint != CounterResetHint::kNotCounterReset) {
    return h;
  }
  auto copy = std::make_shared<FloatHistogram>(*h);
  copy->counter_reset_hint = CounterResetHint::kUnknown;
  return copy;
}

class SubquerySource : public RangeSource {
 public:
  SubquerySource(Steps steps, std::unique_ptr<VectorOperator> inner, ResetHints hints)
      : steps_(steps), inner_(std::move(inner)), hints_(hints) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    if (steps_.count == 0) return std::vector<tsdb::Labels>();
    return inner_->Series();
  }

  Status NextSeries() override {
    next_step_ = 0;
    return inner_->Next(data_);
  }

  Status Read(int64_t start, int64_t end, SampleBuffer& buffer) override {
    for (; next_step_ < steps_.count && steps_.At(next_step_) <= end; ++next_step_) {
      const int64_t t = steps_.At(next_step_);
      if (t <= start) continue;
      if (data_.kinds[next_step_] == SampleKind::kFloat) {
        buffer.AppendFloat(t, data_.values[next_step_]);
      } else if (data_.kinds[next_step_] == SampleKind::kHistogram) {
        HistogramPtr h = std::move(data_.histograms[next_step_]);
        if (hints_ == ResetHints::kForget) h = WithoutResetHint(std::move(h));
        buffer.AppendHistogram(t, std::move(h));
      }
    }
    return OkStatus();
  }

  bool from_storage() const override { return false; }

 private:
  const Steps steps_;
  const std::unique_ptr<VectorOperator> inner_;
  const ResetHints hints_;
  StepSeries data_;
  size_t next_step_ = 0;
};

// The smallest multiple of `step` after `t`.
int64_t NextMultiple(int64_t t, int64_t step) {
  const int64_t multiple = t / step * step;
  return multiple <= t ? SaturatingAdd(multiple, step) : multiple;
}

}  // namespace

StatusOr<Steps> SubquerySteps(const WindowTimes& windows, int64_t step_ms) {
  const int64_t start = NextMultiple(windows.Start(0), step_ms);
  const int64_t end = windows.End(windows.steps.count - 1);
  if (end < start) return Steps{start, 0, 0};
  RETURN_IF_ERROR(CheckStepCount("a subquery", start, end, step_ms));
  return Steps::Range(start, end, step_ms);
}

std::unique_ptr<RangeSource> MakeSubquerySource(Steps steps, std::unique_ptr<VectorOperator> inner,
                                                ResetHints hints) {
  return std::make_unique<SubquerySource>(steps, std::move(inner), hints);
}

}  // namespace tidemark::promql
