#include "promql/eval/scalar.h"

#include <limits>
#include <utility>
#include <vector>

#include "promql/eval/go_math.h"

namespace tidemark::promql {
namespace {

class Constant : public ScalarOperator {
 public:
  Constant(Steps steps, double value) : steps_(steps), value_(value) {}
  StatusOr<std::vector<double>> Values() override {
    return std::vector<double>(steps_.count, value_);
  }

 private:
  const Steps steps_;
  const double value_;
};

class Time : public ScalarOperator {
 public:
  explicit Time(Steps steps) : steps_(steps) {}
  StatusOr<std::vector<double>> Values() override {
    std::vector<double> values(steps_.count);
    for (size_t i = 0; i < steps_.count; ++i) {
      values[i] = static_cast<double>(steps_.At(i)) / 1000;
    }
    return values;
  }

 private:
  const Steps steps_;
};

class Negation : public ScalarOperator {
 public:
  explicit Negation(std::unique_ptr<ScalarOperator> input) : input_(std::move(input)) {}
  StatusOr<std::vector<double>> Values() override {
    ASSIGN_OR_RETURN(std::vector<double> values, input_->Values());
    for (double& v : values) v = -v;
    return values;
  }

 private:
  const std::unique_ptr<ScalarOperator> input_;
};

class Choice : public ScalarOperator {
 public:
  Choice(double (*choose)(double, double), std::unique_ptr<ScalarOperator> a,
         std::unique_ptr<ScalarOperator> b)
      : choose_(choose), a_(std::move(a)), b_(std::move(b)) {}
  StatusOr<std::vector<double>> Values() override {
    ASSIGN_OR_RETURN(std::vector<double> values, a_->Values());
    ASSIGN_OR_RETURN(const std::vector<double> others, b_->Values());
    for (size_t i = 0; i < values.size(); ++i) values[i] = choose_(values[i], others[i]);
    return values;
  }

 private:
  double (*const choose_)(double, double);
  const std::unique_ptr<ScalarOperator> a_;
  const std::unique_ptr<ScalarOperator> b_;
};

class ScalarOf : public ScalarOperator {
 public:
  ScalarOf(EvalContext& context, Steps steps, std::unique_ptr<VectorOperator> input)
      : context_(context), steps_(steps), input_(std::move(input)) {}

  StatusOr<std::vector<double>> Values() override {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    ASSIGN_OR_RETURN(const std::vector<tsdb::Labels> labels, input_->Series());
    std::vector<double> values(steps_.count, kNaN);
    std::vector<bool> found(steps_.count);
    StepSeries data;
    for (size_t i = 0; i < labels.size(); ++i) {
      RETURN_IF_ERROR(context_.CheckRunning());
      RETURN_IF_ERROR(input_->Next(data));
      for (size_t step = 0; step < steps_.count; ++step) {
        if (data.kinds[step] != SampleKind::kFloat) continue;
        values[step] = found[step] ? kNaN : data.values[step];
        found[step] = true;
      }
    }
    return values;
  }

 private:
  EvalContext& context_;
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
};

class VectorOf : public VectorOperator {
 public:
  VectorOf(Steps steps, std::unique_ptr<ScalarOperator> input)
      : steps_(steps), input_(std::move(input)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    return std::vector<tsdb::Labels>{tsdb::Labels()};
  }
  Status Next(StepSeries& out) override {
    ASSIGN_OR_RETURN(std::vector<double> values, input_->Values());
    out.Reset(steps_.count);
    out.kinds.assign(steps_.count, SampleKind::kFloat);
    out.values = std::move(values);
    return OkStatus();
  }

 private:
  const Steps steps_;
  const std::unique_ptr<ScalarOperator> input_;
};

}  // namespace

std::unique_ptr<ScalarOperator> MakeConstant(Steps steps, double value) {
  return std::make_unique<Constant>(steps, value);
}

std::unique_ptr<ScalarOperator> MakeTime(Steps steps) { return std::make_unique<Time>(steps); }

std::unique_ptr<ScalarOperator> MakeNegation(std::unique_ptr<ScalarOperator> input) {
  return std::make_unique<Negation>(std::move(input));
}

std::unique_ptr<ScalarOperator> MakeMaxOf(std::unique_ptr<ScalarOperator> a,
                                          std::unique_ptr<ScalarOperator> b) {
  return std::make_unique<Choice>(GoMax, std::move(a), std::move(b));
}

std::unique_ptr<ScalarOperator> MakeMinOf(std::unique_ptr<ScalarOperator> a,
                                          std::unique_ptr<ScalarOperator> b) {
  return std::make_unique<Choice>(GoMin, std::move(a), std::move(b));
}

std::unique_ptr<ScalarOperator> MakeScalarOf(EvalContext& context, Steps steps,
                                             std::unique_ptr<VectorOperator> input) {
  return std::make_unique<ScalarOf>(context, steps, std::move(input));
}

std::unique_ptr<VectorOperator> MakeVectorOf(Steps steps, std::unique_ptr<ScalarOperator> input) {
  return std::make_unique<VectorOf>(steps, std::move(input));
}

}  // namespace tidemark::promql
