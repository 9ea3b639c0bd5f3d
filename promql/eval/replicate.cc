#include "promql/eval/replicate.h"

#include <utility>

#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

class ReplicatedVector : public VectorOperator {
 public:
  ReplicatedVector(Steps steps, std::unique_ptr<VectorOperator> input)
      : steps_(steps), input_(std::move(input)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override { return input_->Series(); }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(data_));
    CHECK(data_.size() == 1, "what is replicated has more than one step");
    out.Reset(steps_.count);
    if (data_.kinds[0] == SampleKind::kFloat) {
      out.kinds.assign(steps_.count, SampleKind::kFloat);
      out.values.assign(steps_.count, data_.values[0]);
    } else if (data_.kinds[0] == SampleKind::kHistogram) {
      out.kinds.assign(steps_.count, SampleKind::kHistogram);
      out.histograms.assign(steps_.count, data_.histograms[0]);
    }
    return OkStatus();
  }

 private:
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
  StepSeries data_;
};

class ReplicatedScalar : public ScalarOperator {
 public:
  ReplicatedScalar(Steps steps, std::unique_ptr<ScalarOperator> input)
      : steps_(steps), input_(std::move(input)) {}

  StatusOr<std::vector<double>> Values() override {
    ASSIGN_OR_RETURN(std::vector<double> values, input_->Values());
    values.resize(steps_.count, values.at(0));
    return values;
  }

 private:
  const Steps steps_;
  const std::unique_ptr<ScalarOperator> input_;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeReplicate(Steps steps, std::unique_ptr<VectorOperator> input) {
  return std::make_unique<ReplicatedVector>(steps, std::move(input));
}

std::unique_ptr<ScalarOperator> MakeReplicate(Steps steps, std::unique_ptr<ScalarOperator> input) {
  return std::make_unique<ReplicatedScalar>(steps, std::move(input));
}

}  // namespace tidemark::promql
