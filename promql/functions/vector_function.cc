#include "promql/functions/vector_function.h"

#include <utility>

#include "promql/eval/absent.h"
#include "promql/eval/scalar.h"
#include "promql/functions/histogram.h"
#include "promql/functions/label.h"
#include "promql/functions/map_floats.h"
#include "promql/functions/math.h"
#include "promql/functions/sort.h"
#include "promql/functions/time.h"

namespace tidemark::promql {
namespace {

using Made = StatusOr<std::unique_ptr<VectorOperator>>;

Made MakeAbsentFunction(FunctionInput input) {
  return MakeAbsent(input.steps, *input.call.args[0], std::move(input.args[0].vector));
}

Made MakeVectorFunction(FunctionInput input) {
  return MakeVectorOf(input.steps, std::move(input.args[0].scalar));
}

// The evaluation time wherever there is a sample.
class StepTimeOperator : public VectorOperator {
 public:
  StepTimeOperator(const EvalContext& context, Steps steps, std::unique_ptr<VectorOperator> input)
      : context_(context), steps_(steps), input_(std::move(input)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, input_->Series());
    for (tsdb::Labels& l : labels) l = DropMetadataLabels(context_, l);
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(data_));
    out.Reset(steps_.count);
    for (size_t i = 0; i < steps_.count; ++i) {
      if (data_.kinds[i] == SampleKind::kNone) continue;
      out.SetFloat(i, static_cast<double>(steps_.At(i)) / 1000);
    }
    return OkStatus();
  }

 private:
  const EvalContext& context_;
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
  StepSeries data_;
};

// Of anything but a selector, which the planner turns into an operator of its own.
Made MakeTimestampFunction(FunctionInput input) {
  auto op = std::make_unique<StepTimeOperator>(input.context, input.steps,
                                               std::move(input.args[0].vector));
  return MakeUniqueSeries(input.context, input.steps, std::move(op));
}

// Series without samples: start_timestamp() of anything but a selector, and while
// start times are not used; the planner deals with the rest.
class WithoutSamples : public VectorOperator {
 public:
  WithoutSamples(Steps steps, std::unique_ptr<VectorOperator> input)
      : steps_(steps), input_(std::move(input)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override { return input_->Series(); }
  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(out));
    out.Reset(steps_.count);
    return OkStatus();
  }

 private:
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
};

Made MakeStartTimestampFunction(FunctionInput input) {
  return std::make_unique<WithoutSamples>(input.steps, std::move(input.args[0].vector));
}

constexpr VectorFunction kOtherFunctions[] = {
    {"absent", MakeAbsentFunction},
    {"start_timestamp", MakeStartTimestampFunction},
    {"timestamp", MakeTimestampFunction},
    {"vector", MakeVectorFunction},
};

}  // namespace

const VectorFunction* FindVectorFunction(std::string_view name) {
  for (const std::span<const VectorFunction> family :
       {std::span<const VectorFunction>(kOtherFunctions), MathFunctions(), TimeFunctions(),
        LabelFunctions(), SortFunctions(), HistogramFunctions()}) {
    for (const VectorFunction& f : family) {
      if (f.name == name) return &f;
    }
  }
  return nullptr;
}

}  // namespace tidemark::promql
