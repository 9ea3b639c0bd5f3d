// An instant vector with a function applied to each float; histograms are dropped,
// and so is the metric's name.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "promql/eval/metadata_labels.h"
#include "promql/eval/operator.h"
#include "promql/eval/unique_series.h"

namespace tidemark::promql {

template <typename Map>
class MapFloatsOperator : public VectorOperator {
 public:
  MapFloatsOperator(const EvalContext& context, Map map, std::unique_ptr<VectorOperator> input)
      : context_(context), map_(std::move(map)), input_(std::move(input)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<tsdb::Labels> labels, input_->Series());
    for (tsdb::Labels& l : labels) l = DropMetadataLabels(context_, l);
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(out));
    if (out.has_histograms()) DropHistograms(out);
    for (size_t i = 0; i < out.size(); ++i) {
      if (out.kinds[i] == SampleKind::kFloat) out.values[i] = map_(out.values[i]);
    }
    return OkStatus();
  }

 private:
  static void DropHistograms(StepSeries& out) {
    for (SampleKind& kind : out.kinds) {
      if (kind == SampleKind::kHistogram) kind = SampleKind::kNone;
    }
    out.histograms.clear();
  }

  const EvalContext& context_;
  const Map map_;
  const std::unique_ptr<VectorOperator> input_;
};

// `map` is called as map(value) and returns a double.
template <typename Map>
std::unique_ptr<VectorOperator> MapFloats(EvalContext& context, Steps steps,
                                          std::unique_ptr<VectorOperator> input, Map map) {
  return MakeUniqueSeries(
      context, steps,
      std::make_unique<MapFloatsOperator<Map>>(context, std::move(map), std::move(input)));
}

}  // namespace tidemark::promql
