#include "promql/functions/math.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "promql/eval/go_math.h"
#include "promql/functions/map_floats.h"

namespace tidemark::promql {
namespace {

using Made = StatusOr<std::unique_ptr<VectorOperator>>;

template <double (*kFunction)(double)>
Made MakeFloatFunction(FunctionInput input) {
  return MapFloats(input.context, input.steps, std::move(input.args[0].vector),
                   [](double v) { return kFunction(v); });
}

double Abs(double v) { return std::abs(v); }
double Acos(double v) { return std::acos(v); }
double Acosh(double v) { return std::acosh(v); }
double Asin(double v) { return std::asin(v); }
double Asinh(double v) { return std::asinh(v); }
double Atan(double v) { return std::atan(v); }
double Atanh(double v) { return std::atanh(v); }
double Ceil(double v) { return std::ceil(v); }
double Cos(double v) { return std::cos(v); }
double Cosh(double v) { return std::cosh(v); }
double Deg(double v) { return v * 180 / std::numbers::pi; }
double Exp(double v) { return std::exp(v); }
double Floor(double v) { return std::floor(v); }
double Ln(double v) { return std::log(v); }
double Log2(double v) { return std::log2(v); }
double Log10(double v) { return std::log10(v); }
double Rad(double v) { return v * std::numbers::pi / 180; }
double Sgn(double v) { return v < 0 ? -1 : v > 0 ? 1 : v; }
double Sin(double v) { return std::sin(v); }
double Sinh(double v) { return std::sinh(v); }
double Sqrt(double v) { return std::sqrt(v); }
double Tan(double v) { return std::tan(v); }
double Tanh(double v) { return std::tanh(v); }

// Limits per step.  Where the lower one is above the upper one nothing is left.
class ClampOperator : public VectorOperator {
 public:
  // Either of `min` and `max` may be null: no limit.
  ClampOperator(Steps steps, std::unique_ptr<VectorOperator> input,
                std::unique_ptr<ScalarOperator> min, std::unique_ptr<ScalarOperator> max)
      : steps_(steps), input_(std::move(input)), min_(std::move(min)), max_(std::move(max)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    constexpr double kInf = std::numeric_limits<double>::infinity();
    lower_.assign(steps_.count, -kInf);
    upper_.assign(steps_.count, kInf);
    if (min_ != nullptr) {
      ASSIGN_OR_RETURN(lower_, min_->Values());
    }
    if (max_ != nullptr) {
      ASSIGN_OR_RETURN(upper_, max_->Values());
    }
    return input_->Series();
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(out));
    for (size_t i = 0; i < out.size(); ++i) {
      if (upper_[i] < lower_[i]) {
        out.kinds[i] = SampleKind::kNone;
      } else if (out.kinds[i] == SampleKind::kFloat) {
        out.values[i] = GoMax(lower_[i], GoMin(upper_[i], out.values[i]));
      }
    }
    return OkStatus();
  }

 private:
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
  const std::unique_ptr<ScalarOperator> min_;
  const std::unique_ptr<ScalarOperator> max_;
  std::vector<double> lower_;
  std::vector<double> upper_;
};

// The name and the histograms are dropped last: series of which nothing is left may
// come to have the same labels.
Made Clamp(FunctionInput& input, std::unique_ptr<ScalarOperator> min,
           std::unique_ptr<ScalarOperator> max) {
  auto clamped = std::make_unique<ClampOperator>(input.steps, std::move(input.args[0].vector),
                                                 std::move(min), std::move(max));
  return MapFloats(input.context, input.steps, std::move(clamped), [](double v) { return v; });
}

Made MakeClamp(FunctionInput input) {
  return Clamp(input, std::move(input.args[1].scalar), std::move(input.args[2].scalar));
}
Made MakeClampMin(FunctionInput input) {
  return Clamp(input, std::move(input.args[1].scalar), nullptr);
}
Made MakeClampMax(FunctionInput input) {
  return Clamp(input, nullptr, std::move(input.args[1].scalar));
}

// To a multiple of the scalar at each step, ties up.
class RoundOperator : public VectorOperator {
 public:
  RoundOperator(std::unique_ptr<VectorOperator> input, std::unique_ptr<ScalarOperator> to_nearest)
      : input_(std::move(input)), to_nearest_(std::move(to_nearest)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(inverse_, to_nearest_->Values());
    // Prometheus multiplies by the inverse, which is more often exact.
    for (double& v : inverse_) v = 1.0 / v;
    return input_->Series();
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(out));
    for (size_t i = 0; i < out.size(); ++i) {
      if (out.kinds[i] != SampleKind::kFloat) continue;
      out.values[i] = std::floor(out.values[i] * inverse_[i] + 0.5) / inverse_[i];
    }
    return OkStatus();
  }

 private:
  const std::unique_ptr<VectorOperator> input_;
  const std::unique_ptr<ScalarOperator> to_nearest_;
  std::vector<double> inverse_;
};

double RoundToInteger(double v) { return std::floor(v + 0.5); }

Made MakeRound(FunctionInput input) {
  if (input.args.size() == 1) return MakeFloatFunction<RoundToInteger>(std::move(input));
  auto floats = MapFloats(input.context, input.steps, std::move(input.args[0].vector),
                          [](double v) { return v; });
  return std::make_unique<RoundOperator>(std::move(floats), std::move(input.args[1].scalar));
}

constexpr VectorFunction kMathFunctions[] = {
    {"abs", MakeFloatFunction<Abs>},
    {"acos", MakeFloatFunction<Acos>},
    {"acosh", MakeFloatFunction<Acosh>},
    {"asin", MakeFloatFunction<Asin>},
    {"asinh", MakeFloatFunction<Asinh>},
    {"atan", MakeFloatFunction<Atan>},
    {"atanh", MakeFloatFunction<Atanh>},
    {"ceil", MakeFloatFunction<Ceil>},
    {"clamp", MakeClamp},
    {"clamp_max", MakeClampMax},
    {"clamp_min", MakeClampMin},
    {"cos", MakeFloatFunction<Cos>},
    {"cosh", MakeFloatFunction<Cosh>},
    {"deg", MakeFloatFunction<Deg>},
    {"exp", MakeFloatFunction<Exp>},
    {"floor", MakeFloatFunction<Floor>},
    {"ln", MakeFloatFunction<Ln>},
    {"log10", MakeFloatFunction<Log10>},
    {"log2", MakeFloatFunction<Log2>},
    {"rad", MakeFloatFunction<Rad>},
    {"round", MakeRound},
    {"sgn", MakeFloatFunction<Sgn>},
    {"sin", MakeFloatFunction<Sin>},
    {"sinh", MakeFloatFunction<Sinh>},
    {"sqrt", MakeFloatFunction<Sqrt>},
    {"tan", MakeFloatFunction<Tan>},
    {"tanh", MakeFloatFunction<Tanh>},
};

}  // namespace

std::span<const VectorFunction> MathFunctions() { return kMathFunctions; }

}  // namespace tidemark::promql
