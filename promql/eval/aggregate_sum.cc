#include "promql/eval/aggregate_sum.h"

#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "promql/annotation_text.h"
#include "tsdb/model/kahan.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;
using tsdb::Labels;

using Combined = FloatHistogram::Combined;

// The sums of floats at all steps.
class FloatSums {
 public:
  explicit FloatSums(size_t steps) : sums_(steps), lost_(steps) {}
  void Add(size_t i, double v) { tsdb::KahanInc(v, sums_[i], lost_[i]); }
  double Result(size_t i) const { return sums_[i] + lost_[i]; }

 private:
  std::vector<double> sums_;
  std::vector<double> lost_;
};

// The means of floats at all steps.
class FloatMeans {
 public:
  explicit FloatMeans(size_t steps) : means_(steps) {}
  void Add(size_t i, double v) { means_[i].Add(v); }
  double Result(size_t i) const { return means_[i].Result(); }

 private:
  struct Mean {
    double value = 0;  // the sum, or the mean when incremental
    double lost = 0;
    double count = 0;
    bool incremental = false;

    void Add(double v) {
      if (++count == 1) {
        value = v;
        return;
      }
      if (!incremental) {
        double sum = value;
        double sum_lost = lost;
        tsdb::KahanInc(v, sum, sum_lost);
        if (!std::isinf(sum)) {
          value = sum;
          lost = sum_lost;
          return;
        }
        incremental = true;
        value /= count - 1;
        lost /= count - 1;
      }
      const double keep = (count - 1) / count;
      value *= keep;
      lost *= keep;
      tsdb::KahanInc(v / count, value, lost);
    }

    double Result() const { return incremental ? value + lost : value / count + lost / count; }
  };

  std::vector<Mean> means_;
};

// The sum of the histograms at one step.
class HistogramSum {
 public:
  explicit HistogramSum(const FloatHistogram& first) : sum_(first) {}

  StatusOr<Combined> Add(const FloatHistogram& h) {
    if (!has_lost_) lost_ = sum_.NewCompensation();
    has_lost_ = true;
    return sum_.KahanAdd(h, lost_);
  }

  HistogramPtr Result() {
    // What could be added up until now can be added to its own compensation.
    if (has_lost_) (void)sum_.Add(lost_);
    sum_.Compact(0);
    return std::make_shared<const FloatHistogram>(std::move(sum_));
  }

 private:
  FloatHistogram sum_;
  FloatHistogram lost_;
  bool has_lost_ = false;
};

// The mean of the histograms at one step.
class HistogramMean {
 public:
  explicit HistogramMean(const FloatHistogram& first) : value_(first) {}

  StatusOr<Combined> Add(const FloatHistogram& h) {
    ++count_;
    if (!incremental_) {
      FloatHistogram sum = value_;
      FloatHistogram lost = has_lost_ ? lost_ : value_.NewCompensation();
      ASSIGN_OR_RETURN(const Combined combined, sum.KahanAdd(h, lost));
      if (!sum.HasOverflow()) {
        value_ = std::move(sum);
        lost_ = std::move(lost);
        has_lost_ = true;
        return combined;
      }
      incremental_ = true;
      value_.Div(count_ - 1);
      if (has_lost_) lost_.Div(count_ - 1);
    }
    return AddIncrementally(h);
  }

  HistogramPtr Result() {
    if (!incremental_) {
      value_.Div(count_);
      if (has_lost_) lost_.Div(count_);
    }
    if (has_lost_) (void)value_.Add(lost_);
    value_.Compact(0);
    return std::make_shared<const FloatHistogram>(std::move(value_));
  }

 private:
  StatusOr<Combined> AddIncrementally(const FloatHistogram& h) {
    const double keep = (count_ - 1) / count_;
    if (!has_lost_) lost_ = value_.NewCompensation();
    has_lost_ = true;
    lost_.Mul(keep);
    value_.Mul(keep);
    FloatHistogram share = h;
    share.Div(count_);
    return value_.KahanAdd(share, lost_);
  }

  FloatHistogram value_;  // the sum, or the mean when incremental
  FloatHistogram lost_;
  double count_ = 1;
  bool has_lost_ = false;
  bool incremental_ = false;
};

template <typename Floats, typename Histogram>
class AddingAccumulator : public Accumulator {
 public:
  AddingAccumulator(EvalContext& context, Steps steps, const AggregateExpr& expr)
      : Accumulator(context, expr), floats_(steps.count), has_float_(steps.count) {}

  Status Add(StepSeries& in, const Labels& labels) override {
    if (in.has_histograms() || !histograms_.empty()) return AddMixed(in, labels);
    for (size_t i = 0; i < has_float_.size(); ++i) {
      if (in.kinds[i] != SampleKind::kFloat) continue;
      has_float_[i] = 1;
      floats_.Add(i, in.values[i]);
    }
    return OkStatus();
  }

  Status Finish(StepSeries& out) override {
    for (size_t i = 0; i < has_float_.size(); ++i) {
      if (!histograms_.empty() && histograms_[i].seen) {
        FinishHistogram(i, out);
      } else if (has_float_[i] != 0) {
        out.SetFloat(i, floats_.Result(i));
      }
    }
    return OkStatus();
  }

 private:
  // Histograms of the group at one step.
  struct Slot {
    std::unique_ptr<Histogram> total;  // null when a float came first
    bool seen = false;
    bool incompatible = false;  // kinds of buckets were mixed: nothing else counts
    bool reset_seen = false;
    bool no_reset_seen = false;
  };

  Status AddMixed(StepSeries& in, const Labels& labels) {
    histograms_.resize(has_float_.size());
    for (size_t i = 0; i < has_float_.size(); ++i) {
      if (histograms_[i].incompatible) continue;
      if (in.kinds[i] == SampleKind::kFloat) {
        has_float_[i] = 1;
        floats_.Add(i, in.values[i]);
      } else if (in.kinds[i] == SampleKind::kHistogram) {
        RETURN_IF_ERROR(AddHistogram(i, *in.histograms[i], labels));
      }
    }
    return OkStatus();
  }

  Status AddHistogram(size_t i, const FloatHistogram& h, const Labels& labels) {
    Slot& slot = histograms_[i];
    const bool first = !slot.seen && has_float_[i] == 0;
    slot.seen = true;
    if (first) {
      slot.total = std::make_unique<Histogram>(h);
    } else if (slot.total == nullptr) {
      return OkStatus();
    }
    slot.reset_seen |= h.counter_reset_hint == CounterResetHint::kCounterReset;
    slot.no_reset_seen |= h.counter_reset_hint == CounterResetHint::kNotCounterReset;
    if (first) return Hold(HistogramSamples(h));
    const StatusOr<Combined> combined = slot.total->Add(h);
    if (!combined.ok()) {
      Annotate(MixedExponentialCustomHistograms(labels.metric_name()));
      slot.incompatible = true;
    } else if (combined->bounds_reconciled) {
      Annotate(MismatchedCustomBuckets(HistogramOperation::kAggregation));
    }
    return OkStatus();
  }

  void FinishHistogram(size_t i, StepSeries& out) {
    Slot& slot = histograms_[i];
    if (has_float_[i] != 0) {
      Annotate(MixedFloatsHistogramsInAggregation());
      return;
    }
    if (slot.incompatible) return;
    if (slot.reset_seen && slot.no_reset_seen) {
      Annotate(HistogramCounterResetCollision(HistogramOperation::kAggregation));
    }
    out.SetHistogram(i, slot.total->Result());
  }

  Floats floats_;
  std::vector<uint8_t> has_float_;
  std::vector<Slot> histograms_;  // empty until the first histogram
};

}  // namespace

std::unique_ptr<Accumulator> MakeSum(EvalContext& context, Steps steps, const AggregateExpr& expr) {
  return std::make_unique<AddingAccumulator<FloatSums, HistogramSum>>(context, steps, expr);
}

std::unique_ptr<Accumulator> MakeAverage(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr) {
  return std::make_unique<AddingAccumulator<FloatMeans, HistogramMean>>(context, steps, expr);
}

}  // namespace tidemark::promql
