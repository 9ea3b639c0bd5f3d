#include "promql/functions/histogram_quantile.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "promql/annotation_text.h"
#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"
#include "promql/functions/histogram_groups.h"
#include "promql/functions/histogram_native.h"
#include "tsdb/base/go_float.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

// Scalars of each argument by step.
using StepValues = std::vector<double>;

StatusOr<StepValues> ValuesOf(Operand& operand) { return operand.scalar->Values(); }

// One float per histogram and step; `results_` of them from each group.
class HistogramFloatOperator : public VectorOperator {
 public:
  HistogramFloatOperator(EvalContext& context, Steps steps,
                         std::unique_ptr<VectorOperator> histograms, const Expr& arg)
      : context_(context),
        steps_(steps),
        pos_(arg.pos),
        groups_(context, steps, std::move(histograms), arg.pos) {}

  StatusOr<std::vector<Labels>> Series() final {
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(groups_.Open());
    std::vector<Labels> labels;
    labels.reserve(groups_.size() * results_);
    for (size_t g = 0; g < groups_.size(); ++g) {
      const Labels group = DropMetadataLabels(context_, groups_.labels(g));
      for (size_t r = 0; r < results_; ++r) labels.push_back(LabelsOf(group, r));
    }
    return labels;
  }

  Status Next(StepSeries& out) final {
    out.Reset(steps_.count);
    if (result_ == 0) RETURN_IF_ERROR(groups_.Load(group_));
    for (size_t step = 0; step < steps_.count; ++step) {
      RETURN_IF_ERROR(context_.CheckRunning(step));
      if (!Wanted(result_, step)) continue;
      const FloatHistogram* native = groups_.At(group_, step, buckets_);
      if (native != nullptr) {
        out.SetFloat(step, OfNative(result_, step, *native));
      } else if (!buckets_.empty()) {
        out.SetFloat(step, OfClassic(result_, step, buckets_));
      }
    }
    if (++result_ == results_) {
      groups_.Release(group_++);
      result_ = 0;
    }
    return OkStatus();
  }

 protected:
  // Reads the scalars, and sets results_ where it is not 1.
  virtual Status Prepare() = 0;
  virtual Labels LabelsOf(const Labels& group, size_t) const { return group; }
  virtual bool Wanted(size_t, size_t) const { return true; }
  virtual double OfNative(size_t result, size_t step, const FloatHistogram& h) = 0;
  virtual double OfClassic(size_t result, size_t step, std::vector<ClassicBucket>& buckets) = 0;

  // What annotations call the metric of the current group.
  std::string_view metric() const { return groups_.MetricOf(groups_.labels(group_)); }

  double Quantile(double q, const FloatHistogram& h) {
    const NativeQuantile result = HistogramQuantile(q, h);
    if (result.nans == NativeQuantile::NaNs::kResult) {
      context_.annotations.Add(NativeHistogramQuantileNaNResult(metric()), pos_);
    } else if (result.nans == NativeQuantile::NaNs::kSkew) {
      context_.annotations.Add(NativeHistogramQuantileNaNSkew(metric()), pos_);
    }
    return result.value;
  }

  double Quantile(double q, size_t step, std::vector<ClassicBucket>& buckets) {
    const ClassicQuantile result = BucketQuantile(q, buckets);
    if (result.forced_monotonic) {
      const int64_t t = steps_.At(step);
      context_.annotations.AddForcedMonotonicity(
          HistogramQuantileForcedMonotonicityText(metric()), pos_,
          {t, t, result.min_bucket, result.max_bucket, result.max_diff, 1});
    }
    return result.value;
  }

  void CheckQuantiles(const StepValues& quantiles, const Expr& arg) {
    for (double q : quantiles) {
      if (!(q >= 0 && q <= 1)) context_.annotations.Add(InvalidQuantile(q), arg.pos);
    }
  }

  EvalContext& context_;
  const Steps steps_;
  const PositionRange pos_;
  size_t results_ = 1;

 private:
  HistogramGroups groups_;
  std::vector<ClassicBucket> buckets_;
  size_t group_ = 0;
  size_t result_ = 0;  // the next one of group_
};

class QuantileOperator : public HistogramFloatOperator {
 public:
  explicit QuantileOperator(FunctionInput input)
      : HistogramFloatOperator(input.context, input.steps, std::move(input.args[1].vector),
                               *input.call.args[1]),
        quantile_(std::move(input.args[0])),
        arg_(*input.call.args[0]) {}

 protected:
  Status Prepare() override {
    ASSIGN_OR_RETURN(q_, ValuesOf(quantile_));
    CheckQuantiles(q_, arg_);
    return OkStatus();
  }
  double OfNative(size_t, size_t step, const FloatHistogram& h) override {
    return Quantile(q_[step], h);
  }
  double OfClassic(size_t, size_t step, std::vector<ClassicBucket>& buckets) override {
    return Quantile(q_[step], step, buckets);
  }

 private:
  Operand quantile_;
  const Expr& arg_;
  StepValues q_;
};

class FractionOperator : public HistogramFloatOperator {
 public:
  explicit FractionOperator(FunctionInput input)
      : HistogramFloatOperator(input.context, input.steps, std::move(input.args[2].vector),
                               *input.call.args[2]),
        bounds_{std::move(input.args[0]), std::move(input.args[1])} {}

 protected:
  Status Prepare() override {
    ASSIGN_OR_RETURN(lower_, ValuesOf(bounds_[0]));
    ASSIGN_OR_RETURN(upper_, ValuesOf(bounds_[1]));
    return OkStatus();
  }
  double OfNative(size_t, size_t step, const FloatHistogram& h) override {
    const NativeFraction result = HistogramFraction(lower_[step], upper_[step], h);
    if (result.nans) context_.annotations.Add(NativeHistogramFractionNaNs(metric()), pos_);
    return result.value;
  }
  double OfClassic(size_t, size_t step, std::vector<ClassicBucket>& buckets) override {
    return BucketFraction(lower_[step], upper_[step], buckets);
  }

 private:
  Operand bounds_[2];
  StepValues lower_;
  StepValues upper_;
};

// The value of the label as OpenMetrics writes floats: always with a point.
std::string QuantileLabelValue(double q) {
  if (q == 0) return "0.0";  // -0, too
  std::string text = GoFloat(q);
  if (std::isfinite(q) && text.find_first_of("e.") == std::string::npos) text += ".0";
  return text;
}

// A result of each group per argument and value that it takes: the value is a
// label, and may differ from step to step.
class QuantilesOperator : public HistogramFloatOperator {
 public:
  explicit QuantilesOperator(FunctionInput input)
      : HistogramFloatOperator(input.context, input.steps, std::move(input.args[0].vector),
                               *input.call.args[0]),
        call_(input.call),
        label_(std::move(input.args[1].string)),
        args_(std::move(input.args)) {}

 protected:
  Status Prepare() override {
    for (size_t i = 2; i < args_.size(); ++i) {
      ASSIGN_OR_RETURN(StepValues values, ValuesOf(args_[i]));
      CheckQuantiles(values, *call_.args[i]);
      AddResults(values_.size(), values);
      values_.push_back(std::move(values));
    }
    results_ = of_.size();
    return OkStatus();
  }
  Labels LabelsOf(const Labels& group, size_t result) const override {
    return group.With(label_, of_[result].text);
  }
  bool Wanted(size_t result, size_t step) const override {
    const Result& r = of_[result];
    return std::bit_cast<uint64_t>(values_[r.arg][step]) == std::bit_cast<uint64_t>(r.q);
  }
  double OfNative(size_t result, size_t, const FloatHistogram& h) override {
    return Quantile(of_[result].q, h);
  }
  double OfClassic(size_t result, size_t step, std::vector<ClassicBucket>& buckets) override {
    return Quantile(of_[result].q, step, buckets);
  }

 private:
  struct Result {
    size_t arg;
    double q;
    std::string text;
  };

  void AddResults(size_t arg, const StepValues& values) {
    const size_t first = of_.size();
    for (double q : values) {
      bool known = false;
      for (size_t i = first; i < of_.size() && !known; ++i) {
        known = std::bit_cast<uint64_t>(of_[i].q) == std::bit_cast<uint64_t>(q);
      }
      if (!known) of_.push_back({arg, q, QuantileLabelValue(q)});
    }
  }

  const Call& call_;
  const std::string label_;
  std::vector<Operand> args_;
  std::vector<StepValues> values_;  // by argument
  std::vector<Result> of_;
};

// Without the metric's name series may have come to have the same labels.
template <typename Operator>
std::unique_ptr<VectorOperator> MakeUnique(FunctionInput input) {
  EvalContext& context = input.context;
  const Steps steps = input.steps;
  return MakeUniqueSeries(context, steps, std::make_unique<Operator>(std::move(input)));
}

}  // namespace

StatusOr<std::unique_ptr<VectorOperator>> MakeHistogramQuantile(FunctionInput input) {
  return MakeUnique<QuantileOperator>(std::move(input));
}

StatusOr<std::unique_ptr<VectorOperator>> MakeHistogramQuantiles(FunctionInput input) {
  return MakeUnique<QuantilesOperator>(std::move(input));
}

StatusOr<std::unique_ptr<VectorOperator>> MakeHistogramFraction(FunctionInput input) {
  return MakeUnique<FractionOperator>(std::move(input));
}

}  // namespace tidemark::promql
