#include "promql/eval/aggregate_floats.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "promql/annotation_text.h"
#include "promql/functions/quantile.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

class CountAccumulator : public Accumulator {
 public:
  CountAccumulator(EvalContext& context, Steps steps, const AggregateExpr& expr)
      : Accumulator(context, expr), counts_(steps.count) {}

  Status Add(StepSeries& in, const Labels&) override {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += in.kinds[i] != SampleKind::kNone;
    return OkStatus();
  }

  Status Finish(StepSeries& out) override {
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > 0) out.SetFloat(i, ValueOf(counts_[i]));
    }
    return OkStatus();
  }

 protected:
  virtual double ValueOf(uint32_t count) const { return count; }

 private:
  std::vector<uint32_t> counts_;
};

class GroupAccumulator : public CountAccumulator {
 public:
  using CountAccumulator::CountAccumulator;

 protected:
  double ValueOf(uint32_t) const override { return 1; }
};

// What leaves histograms out, and says so.
class FloatAccumulator : public Accumulator {
 public:
  FloatAccumulator(EvalContext& context, const AggregateExpr& expr)
      : Accumulator(context, expr), op_(expr.op) {}

  Status Add(StepSeries& in, const Labels&) final {
    if (in.has_histograms() &&
        std::find(in.kinds.begin(), in.kinds.end(), SampleKind::kHistogram) != in.kinds.end()) {
      Annotate(HistogramIgnoredInAggregation(AggregateOpName(op_)));
    }
    return AddFloats(in);
  }

 protected:
  virtual Status AddFloats(StepSeries& in) = 0;

 private:
  const AggregateOp op_;
};

template <typename Better>
class ExtremeAccumulator : public FloatAccumulator {
 public:
  ExtremeAccumulator(EvalContext& context, Steps steps, const AggregateExpr& expr)
      : FloatAccumulator(context, expr), seen_(steps.count), best_(steps.count, kNaN) {}

  Status Finish(StepSeries& out) override {
    for (size_t i = 0; i < best_.size(); ++i) {
      if (seen_[i] != 0) out.SetFloat(i, best_[i]);
    }
    return OkStatus();
  }

 protected:
  Status AddFloats(StepSeries& in) override {
    for (size_t i = 0; i < best_.size(); ++i) {
      const bool is_float = in.kinds[i] == SampleKind::kFloat;
      const bool better = Better()(in.values[i], best_[i]) || std::isnan(best_[i]);
      seen_[i] |= is_float;
      if (is_float && better) best_[i] = in.values[i];
    }
    return OkStatus();
  }

 private:
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  std::vector<uint8_t> seen_;
  std::vector<double> best_;
};

class VarianceAccumulator : public FloatAccumulator {
 public:
  VarianceAccumulator(EvalContext& context, Steps steps, const AggregateExpr& expr)
      : FloatAccumulator(context, expr), moments_(steps.count) {}

  Status Finish(StepSeries& out) override {
    for (size_t i = 0; i < moments_.size(); ++i) {
      const Moments& m = moments_[i];
      if (m.count > 0) out.SetFloat(i, ValueOf(m.squares / m.count));
    }
    return OkStatus();
  }

 protected:
  virtual double ValueOf(double variance) const { return variance; }

  Status AddFloats(StepSeries& in) override {
    for (size_t i = 0; i < moments_.size(); ++i) {
      if (in.kinds[i] == SampleKind::kFloat) moments_[i].Add(in.values[i]);
    }
    return OkStatus();
  }

 private:
  struct Moments {
    double count = 0;
    double mean = 0;
    double squares = 0;  // of the distances from the mean

    void Add(double v) {
      if (++count == 1) {
        mean = v;
        squares = std::isfinite(v) ? 0 : std::numeric_limits<double>::quiet_NaN();
        return;
      }
      const double delta = v - mean;
      mean += delta / count;
      squares += delta * (v - mean);
    }
  };

  std::vector<Moments> moments_;
};

class DeviationAccumulator : public VarianceAccumulator {
 public:
  using VarianceAccumulator::VarianceAccumulator;

 protected:
  double ValueOf(double variance) const override { return std::sqrt(variance); }
};

class QuantileAccumulator : public FloatAccumulator {
 public:
  QuantileAccumulator(EvalContext& context, const AggregateExpr& expr,
                      const std::vector<double>& quantiles)
      : FloatAccumulator(context, expr), quantiles_(quantiles) {}

  Status Finish(StepSeries& out) override {
    std::vector<double> values;
    for (size_t i = 0; i < quantiles_.size(); ++i) {
      RETURN_IF_ERROR(CheckRunning());
      values.clear();
      for (const StepSeries& s : series_) {
        if (s.kinds[i] == SampleKind::kFloat) values.push_back(s.values[i]);
      }
      if (!values.empty()) out.SetFloat(i, Quantile(quantiles_[i], values));
    }
    return OkStatus();
  }

 protected:
  Status AddFloats(StepSeries& in) override {
    in.histograms.clear();
    series_.push_back(std::move(in));
    return Hold(series_.back().SampleCount());
  }

 private:
  const std::vector<double>& quantiles_;
  std::vector<StepSeries> series_;
};

}  // namespace

std::unique_ptr<Accumulator> MakeCount(EvalContext& context, Steps steps,
                                       const AggregateExpr& expr) {
  return std::make_unique<CountAccumulator>(context, steps, expr);
}

std::unique_ptr<Accumulator> MakeGroup(EvalContext& context, Steps steps,
                                       const AggregateExpr& expr) {
  return std::make_unique<GroupAccumulator>(context, steps, expr);
}

std::unique_ptr<Accumulator> MakeMinimum(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr) {
  return std::make_unique<ExtremeAccumulator<std::less<double>>>(context, steps, expr);
}

std::unique_ptr<Accumulator> MakeMaximum(EvalContext& context, Steps steps,
                                         const AggregateExpr& expr) {
  return std::make_unique<ExtremeAccumulator<std::greater<double>>>(context, steps, expr);
}

std::unique_ptr<Accumulator> MakeDeviation(EvalContext& context, Steps steps,
                                           const AggregateExpr& expr) {
  return std::make_unique<DeviationAccumulator>(context, steps, expr);
}

std::unique_ptr<Accumulator> MakeVariance(EvalContext& context, Steps steps,
                                          const AggregateExpr& expr) {
  return std::make_unique<VarianceAccumulator>(context, steps, expr);
}

std::unique_ptr<Accumulator> MakeQuantile(EvalContext& context, const AggregateExpr& expr,
                                          const std::vector<double>& quantiles) {
  return std::make_unique<QuantileAccumulator>(context, expr, quantiles);
}

}  // namespace tidemark::promql
