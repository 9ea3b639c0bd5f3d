#include "promql/eval/aggregate_k.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "promql/annotation_text.h"
#include "promql/eval/aggregate_groups.h"
#include "promql/eval/metadata_labels.h"
#include "promql/eval/ratio_sample.h"
#include "promql/eval/top_heap.h"
#include "tsdb/base/go_float.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

struct Extremes {
  double low;
  double high;  // both NaN where any value is
};

Extremes ExtremesOf(const std::vector<double>& values) {
  Extremes e{values[0], values[0]};
  for (double v : values) {
    if (std::isnan(v)) return {v, v};
    e.low = std::min(e.low, v);
    e.high = std::max(e.high, v);
  }
  return e;
}

// k by step; nothing at all when it is below one everywhere.
StatusOr<std::vector<size_t>> CountsOf(ScalarOperator& param) {
  ASSIGN_OR_RETURN(const std::vector<double> values, param.Values());
  const Extremes e = ExtremesOf(values);
  if (e.high < 1) return std::vector<size_t>();
  if (std::isnan(e.low)) return FailedPrecondition("Parameter value is NaN");
  // The largest double below 2^63 and the smallest int64.
  constexpr double kHighest = 9223372036854774784.0;
  constexpr double kLowest = -9223372036854775808.0;
  if (e.low <= kLowest) {
    return FailedPrecondition(fmt::format("Scalar value {} underflows int64", GoFloat(e.low)));
  }
  if (e.high >= kHighest) {
    return FailedPrecondition(fmt::format("Scalar value {} overflows int64", GoFloat(e.high)));
  }
  std::vector<size_t> counts;
  for (double v : values) counts.push_back(v < 1 ? 0 : static_cast<size_t>(v));
  return counts;
}

// Reads series that no answer needs, for what there is to be said about them.
Status ReadAll(EvalContext& context, VectorOperator& input, size_t series) {
  StepSeries data;
  for (size_t i = 0; i < series; ++i) {
    RETURN_IF_ERROR(context.CheckRunning());
    RETURN_IF_ERROR(input.Next(data));
  }
  return OkStatus();
}

class TopKOperator : public VectorOperator {
 public:
  TopKOperator(EvalContext& context, Steps steps, const AggregateExpr& expr,
               std::unique_ptr<VectorOperator> input, std::unique_ptr<ScalarOperator> k)
      : context_(context),
        steps_(steps),
        expr_(expr),
        sign_(expr.op == AggregateOp::kTopk ? 1 : -1),
        input_(std::move(input)),
        k_(std::move(k)) {}

  ~TopKOperator() override { context_.meter.Release(held_); }

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(counts_, CountsOf(*k_));
    ASSIGN_OR_RETURN(std::vector<Labels> series, input_->Series());
    if (counts_.empty()) {
      RETURN_IF_ERROR(ReadAll(context_, *input_, series.size()));
      return std::vector<Labels>();
    }
    groups_ = MakeSeriesGroups(series, GroupLabels(expr_));
    heaps_.resize(groups_.labels.size() * steps_.count);
    for (uint32_t i = 0; i < series.size(); ++i) RETURN_IF_ERROR(OfferSeries(i));
    RETURN_IF_ERROR(Collect(series.size()));
    std::vector<Labels> chosen;
    chosen.reserve(chosen_.size());
    for (uint32_t i : chosen_) chosen.push_back(std::move(series[i]));
    return chosen;
  }

  Status Next(StepSeries& out) override {
    out.Reset(steps_.count);
    for (const auto& [step, value] : samples_[chosen_[next_++]]) out.SetFloat(step, value);
    return OkStatus();
  }

 private:
  struct StepValue {
    size_t step;
    double value;
  };

  TopHeap& HeapOf(uint32_t group, size_t step) { return heaps_[group * steps_.count + step]; }

  Status OfferSeries(uint32_t i) {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(input_->Next(data_));
    uint64_t added = 0;
    for (size_t step = 0; step < steps_.count; ++step) {
      if (data_.kinds[step] == SampleKind::kNone || counts_[step] == 0) continue;
      if (data_.kinds[step] == SampleKind::kHistogram) {
        context_.annotations.Add(HistogramIgnoredInAggregation(AggregateOpName(expr_.op)),
                                 expr_.pos);
        continue;
      }
      TopHeap& heap = HeapOf(groups_.of[i], step);
      const size_t before = heap.size();
      heap.Offer(counts_[step], sign_ * data_.values[step], i);
      added += heap.size() - before;
    }
    held_ += added;
    return context_.meter.Take(added);
  }

  // From heaps by group and step to samples by series.
  Status Collect(size_t series) {
    samples_.resize(series);
    for (uint32_t group = 0; group < groups_.labels.size(); ++group) {
      RETURN_IF_ERROR(context_.CheckRunning());
      for (size_t step = 0; step < steps_.count; ++step) {
        for (const TopHeap::Entry& e : HeapOf(group, step).Sorted()) {
          if (samples_[e.series].empty()) chosen_.push_back(e.series);
          samples_[e.series].push_back({step, sign_ * e.value});
        }
      }
    }
    heaps_.clear();
    return OkStatus();
  }

  EvalContext& context_;
  const Steps steps_;
  const AggregateExpr& expr_;
  const double sign_;  // bottomk is topk of negated values
  const std::unique_ptr<VectorOperator> input_;
  const std::unique_ptr<ScalarOperator> k_;
  std::vector<size_t> counts_;
  SeriesGroups groups_;
  std::vector<TopHeap> heaps_;                   // by group, then step
  std::vector<uint32_t> chosen_;                 // series of the answer
  std::vector<std::vector<StepValue>> samples_;  // by series of the input
  uint64_t held_ = 0;
  size_t next_ = 0;
  StepSeries data_;
};

// Passes its input through, sample by sample or not.
class FilterOperator : public VectorOperator {
 public:
  FilterOperator(EvalContext& context, Steps steps, const AggregateExpr& expr,
                 std::unique_ptr<VectorOperator> input, std::unique_ptr<ScalarOperator> param)
      : context_(context),
        steps_(steps),
        expr_(expr),
        input_(std::move(input)),
        param_(std::move(param)) {}

  Status Next(StepSeries& out) final {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(input_->Next(out));
    for (size_t step = 0; step < steps_.count; ++step) {
      if (out.kinds[step] != SampleKind::kNone && !Takes(next_, step)) out.Clear(step);
    }
    ++next_;
    return OkStatus();
  }

 protected:
  virtual bool Takes(size_t series, size_t step) = 0;

  EvalContext& context_;
  const Steps steps_;
  const AggregateExpr& expr_;
  const std::unique_ptr<VectorOperator> input_;
  const std::unique_ptr<ScalarOperator> param_;

 private:
  size_t next_ = 0;
};

class LimitKOperator : public FilterOperator {
 public:
  using FilterOperator::FilterOperator;

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(counts_, CountsOf(*param_));
    ASSIGN_OR_RETURN(std::vector<Labels> series, input_->Series());
    if (counts_.empty()) {
      RETURN_IF_ERROR(ReadAll(context_, *input_, series.size()));
      return std::vector<Labels>();
    }
    SeriesGroups groups = MakeSeriesGroups(series, GroupLabels(expr_));
    group_of_ = std::move(groups.of);
    taken_.resize(groups.labels.size() * steps_.count);
    return series;
  }

 protected:
  bool Takes(size_t series, size_t step) override {
    size_t& taken = taken_[group_of_[series] * steps_.count + step];
    if (taken >= counts_[step]) return false;
    ++taken;
    return true;
  }

 private:
  std::vector<size_t> counts_;
  std::vector<uint32_t> group_of_;
  std::vector<size_t> taken_;  // by group, then step
};

class LimitRatioOperator : public FilterOperator {
 public:
  using FilterOperator::FilterOperator;

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(ratios_, param_->Values());
    ASSIGN_OR_RETURN(std::vector<Labels> series, input_->Series());
    const Extremes e = ExtremesOf(ratios_);
    if (e.low == 0 && e.high == 0) {
      RETURN_IF_ERROR(ReadAll(context_, *input_, series.size()));
      return std::vector<Labels>();
    }
    if (std::isnan(e.low)) return FailedPrecondition("Ratio value is NaN");
    if (e.high > 1) context_.annotations.Add(InvalidRatio(e.high, 1), expr_.param->pos);
    if (e.low < -1) context_.annotations.Add(InvalidRatio(e.low, -1), expr_.param->pos);
    for (double& ratio : ratios_) ratio = std::clamp(ratio, -1.0, 1.0);
    for (const Labels& labels : series) offsets_.push_back(RatioOffset(Unmarked(labels)));
    return series;
  }

 protected:
  bool Takes(size_t series, size_t step) override {
    return InRatio(ratios_[step], offsets_[series]);
  }

 private:
  std::vector<double> ratios_;
  std::vector<double> offsets_;  // by series
};

}  // namespace

std::unique_ptr<VectorOperator> MakeTopK(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr,
                                         std::unique_ptr<VectorOperator> input,
                                         std::unique_ptr<ScalarOperator> k) {
  return std::make_unique<TopKOperator>(context, steps, expr, std::move(input), std::move(k));
}

std::unique_ptr<VectorOperator> MakeLimit(EvalContext& context, Steps steps,
                                          const AggregateExpr& expr,
                                          std::unique_ptr<VectorOperator> input,
                                          std::unique_ptr<ScalarOperator> param) {
  if (expr.op == AggregateOp::kLimitk) {
    return std::make_unique<LimitKOperator>(context, steps, expr, std::move(input),
                                            std::move(param));
  }
  return std::make_unique<LimitRatioOperator>(context, steps, expr, std::move(input),
                                              std::move(param));
}

}  // namespace tidemark::promql
