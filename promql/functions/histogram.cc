#include "promql/functions/histogram.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"
#include "promql/functions/histogram_native.h"
#include "promql/functions/histogram_quantile.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

using FloatOf = double (*)(const FloatHistogram&);

// A float of each native histogram; floats are passed over.
class NativeFloatOperator : public VectorOperator {
 public:
  NativeFloatOperator(const EvalContext& context, Steps steps,
                      std::unique_ptr<VectorOperator> input, FloatOf function)
      : context_(context), steps_(steps), input_(std::move(input)), function_(function) {}

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<Labels> labels, input_->Series());
    for (Labels& l : labels) l = DropMetadataLabels(context_, l);
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(data_));
    out.Reset(steps_.count);
    if (!data_.has_histograms()) return OkStatus();
    for (size_t i = 0; i < steps_.count; ++i) {
      if (data_.kinds[i] == SampleKind::kHistogram) {
        out.SetFloat(i, function_(*data_.histograms[i]));
      }
    }
    return OkStatus();
  }

 private:
  const EvalContext& context_;
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
  const FloatOf function_;
  StepSeries data_;
};

double CountOf(const FloatHistogram& h) { return h.count; }
double SumOf(const FloatHistogram& h) { return h.sum; }
double AverageOf(const FloatHistogram& h) { return h.sum / h.count; }
double DeviationOf(const FloatHistogram& h) { return std::sqrt(HistogramVariance(h)); }

template <FloatOf kFunction>
StatusOr<std::unique_ptr<VectorOperator>> MakeNativeFloat(FunctionInput input) {
  return MakeUniqueSeries(
      input.context, input.steps,
      std::make_unique<NativeFloatOperator>(input.context, input.steps,
                                            std::move(input.args[0].vector), kFunction));
}

constexpr VectorFunction kFunctions[] = {
    {"histogram_avg", MakeNativeFloat<AverageOf>},
    {"histogram_count", MakeNativeFloat<CountOf>},
    {"histogram_fraction", MakeHistogramFraction},
    {"histogram_quantile", MakeHistogramQuantile},
    {"histogram_quantiles", MakeHistogramQuantiles},
    {"histogram_stddev", MakeNativeFloat<DeviationOf>},
    {"histogram_stdvar", MakeNativeFloat<HistogramVariance>},
    {"histogram_sum", MakeNativeFloat<SumOf>},
};

}  // namespace

std::span<const VectorFunction> HistogramFunctions() { return kFunctions; }

}  // namespace tidemark::promql
