#include "promql/eval/negation.h"

#include <utility>
#include <vector>

#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"

namespace tidemark::promql {
namespace {

class NegationOperator : public VectorOperator {
 public:
  NegationOperator(const EvalContext& context, std::unique_ptr<VectorOperator> input)
      : context_(context), input_(std::move(input)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, input_->Series());
    for (tsdb::Labels& l : labels) l = DropMetadataLabels(context_, l);
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(out));
    for (size_t i = 0; i < out.size(); ++i) {
      if (out.kinds[i] == SampleKind::kFloat) {
        out.values[i] = -out.values[i];
      } else if (out.kinds[i] == SampleKind::kHistogram) {
        auto negated = std::make_shared<tsdb::FloatHistogram>(*out.histograms[i]);
        negated->Mul(-1);
        out.histograms[i] = std::move(negated);
      }
    }
    return OkStatus();
  }

 private:
  const EvalContext& context_;
  const std::unique_ptr<VectorOperator> input_;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeNegation(EvalContext& context, Steps steps,
                                             std::unique_ptr<VectorOperator> input) {
  return MakeUniqueSeries(context, steps,
                          std::make_unique<NegationOperator>(context, std::move(input)));
}

}  // namespace tidemark::promql
