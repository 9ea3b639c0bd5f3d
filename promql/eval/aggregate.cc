#include "promql/eval/aggregate.h"

#include <cmath>
#include <utility>
#include <vector>

#include "promql/annotation_text.h"
#include "promql/eval/aggregate_accumulator.h"
#include "promql/eval/aggregate_count_values.h"
#include "promql/eval/aggregate_floats.h"
#include "promql/eval/aggregate_groups.h"
#include "promql/eval/aggregate_k.h"
#include "promql/eval/aggregate_sum.h"
#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

// One series per group.  A group is given as soon as the input has no more of it.
class GroupOperator : public VectorOperator {
 public:
  GroupOperator(EvalContext& context, Steps steps, const AggregateExpr& expr,
                std::unique_ptr<VectorOperator> input, std::unique_ptr<ScalarOperator> quantile)
      : context_(context),
        steps_(steps),
        expr_(expr),
        input_(std::move(input)),
        quantile_(std::move(quantile)) {}

  StatusOr<std::vector<Labels>> Series() override {
    if (quantile_ != nullptr) {
      ASSIGN_OR_RETURN(quantiles_, quantile_->Values());
      CheckQuantiles();
    }
    ASSIGN_OR_RETURN(series_, input_->Series());
    groups_ = MakeSeriesGroups(series_, GroupLabels(expr_));
    accumulators_.resize(groups_.labels.size());
    return std::move(groups_.labels);
  }

  Status Next(StepSeries& out) override {
    const size_t group = next_group_++;
    while (read_ <= groups_.last[group]) RETURN_IF_ERROR(ReadNext());
    out.Reset(steps_.count);
    RETURN_IF_ERROR(accumulators_[group]->Finish(out));
    accumulators_[group].reset();
    context_.meter.Release(steps_.count);
    return OkStatus();
  }

 private:
  // NaN comes through everything, so that of a NaN nothing else is said.
  void CheckQuantiles() {
    double low = quantiles_[0];
    double high = quantiles_[0];
    for (double q : quantiles_) {
      if (std::isnan(q) || q < low) low = q;
      if (std::isnan(q) || q > high) high = q;
    }
    if (std::isnan(low)) context_.annotations.Add(InvalidQuantile(low), expr_.param->pos);
    if (high > 1) context_.annotations.Add(InvalidQuantile(high), expr_.param->pos);
    if (low < 0) context_.annotations.Add(InvalidQuantile(low), expr_.param->pos);
  }

  Status ReadNext() {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(input_->Next(data_));
    auto& accumulator = accumulators_[groups_.of[read_]];
    if (accumulator == nullptr) {
      RETURN_IF_ERROR(context_.meter.Take(steps_.count));
      accumulator = MakeAccumulator();
    }
    return accumulator->Add(data_, series_[read_++]);
  }

  std::unique_ptr<Accumulator> MakeAccumulator() {
    switch (expr_.op) {
      case AggregateOp::kSum:
        return MakeSum(context_, steps_, expr_);
      case AggregateOp::kAvg:
        return MakeAverage(context_, steps_, expr_);
      case AggregateOp::kCount:
        return MakeCount(context_, steps_, expr_);
      case AggregateOp::kGroup:
        return MakeGroup(context_, steps_, expr_);
      case AggregateOp::kMin:
        return MakeMinimum(context_, steps_, expr_);
      case AggregateOp::kMax:
        return MakeMaximum(context_, steps_, expr_);
      case AggregateOp::kStddev:
        return MakeDeviation(context_, steps_, expr_);
      case AggregateOp::kStdvar:
        return MakeVariance(context_, steps_, expr_);
      case AggregateOp::kQuantile:
        return MakeQuantile(context_, expr_, quantiles_);
      default:
        CHECK(false, "an aggregation that makes no groups");
        return nullptr;
    }
  }

  EvalContext& context_;
  const Steps steps_;
  const AggregateExpr& expr_;
  const std::unique_ptr<VectorOperator> input_;
  const std::unique_ptr<ScalarOperator> quantile_;
  std::vector<double> quantiles_;
  std::vector<Labels> series_;
  SeriesGroups groups_;
  std::vector<std::unique_ptr<Accumulator>> accumulators_;  // by group, while it is open
  size_t read_ = 0;                                         // series of the input
  size_t next_group_ = 0;
  StepSeries data_;
};

}  // namespace

StatusOr<std::unique_ptr<VectorOperator>> MakeAggregateOperator(
    EvalContext& context, Steps steps, const AggregateExpr& expr,
    std::unique_ptr<VectorOperator> input, Operand param) {
  switch (expr.op) {
    case AggregateOp::kTopk:
    case AggregateOp::kBottomk:
      return MakeTopK(context, steps, expr, std::move(input), std::move(param.scalar));
    case AggregateOp::kLimitk:
    case AggregateOp::kLimitRatio:
      return MakeLimit(context, steps, expr, std::move(input), std::move(param.scalar));
    case AggregateOp::kCountValues:
      return MakeCountValues(context, steps, expr, std::move(input), std::move(param.string));
    default:
      return std::make_unique<GroupOperator>(context, steps, expr, std::move(input),
                                             std::move(param.scalar));
  }
}

}  // namespace tidemark::promql
