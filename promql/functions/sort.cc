#include "promql/functions/sort.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "promql/annotation_text.h"
#include "promql/functions/natural_order.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

using Made = StatusOr<std::unique_ptr<VectorOperator>>;

// One series of an instant query.
struct Row {
  Labels labels;
  StepSeries data;
};
using Before = std::function<bool(const Row& a, const Row& b)>;

// Holds all series, each with one step, to hand them out in order.
class SortOperator : public VectorOperator {
 public:
  // `floats_only`: series with histograms are left out.
  SortOperator(EvalContext& context, std::unique_ptr<VectorOperator> input, bool floats_only,
               Before before)
      : context_(context),
        input_(std::move(input)),
        floats_only_(floats_only),
        before_(std::move(before)) {}
  ~SortOperator() override { context_.meter.Release(metered_); }

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(const std::vector<Labels> labels, input_->Series());
    for (const Labels& l : labels) RETURN_IF_ERROR(Read(l));
    std::stable_sort(rows_.begin(), rows_.end(), before_);
    std::vector<Labels> sorted;
    sorted.reserve(rows_.size());
    for (const Row& row : rows_) sorted.push_back(row.labels);
    return sorted;
  }

  Status Next(StepSeries& out) override {
    out = std::move(rows_[next_++].data);
    return OkStatus();
  }

 private:
  Status Read(const Labels& labels) {
    RETURN_IF_ERROR(context_.CheckRunning());
    Row row{labels, {}};
    RETURN_IF_ERROR(input_->Next(row.data));
    const SampleKind kind = row.data.kinds[0];
    if (kind == SampleKind::kNone) return OkStatus();
    if (floats_only_ && kind != SampleKind::kFloat) return OkStatus();
    const uint64_t samples = row.data.SampleCount();
    metered_ += samples;
    rows_.push_back(std::move(row));
    return context_.meter.Take(samples);
  }

  EvalContext& context_;
  const std::unique_ptr<VectorOperator> input_;
  const bool floats_only_;
  const Before before_;
  std::vector<Row> rows_;
  size_t next_ = 0;
  uint64_t metered_ = 0;
};

// For range queries, whose answers are always in label order.
class FloatsOnly : public VectorOperator {
 public:
  explicit FloatsOnly(std::unique_ptr<VectorOperator> input) : input_(std::move(input)) {}
  StatusOr<std::vector<Labels>> Series() override { return input_->Series(); }
  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(input_->Next(out));
    for (SampleKind& kind : out.kinds) {
      if (kind == SampleKind::kHistogram) kind = SampleKind::kNone;
    }
    out.histograms.clear();
    return OkStatus();
  }

 private:
  const std::unique_ptr<VectorOperator> input_;
};

Made Sorted(FunctionInput& input, bool floats_only, Before before) {
  std::unique_ptr<VectorOperator> vector = std::move(input.args[0].vector);
  if (input.steps.is_range) input.context.annotations.Add(SortInRangeQuery(), input.call.pos);
  if (input.steps.count == 1) {
    return std::make_unique<SortOperator>(input.context, std::move(vector), floats_only,
                                          std::move(before));
  }
  if (!floats_only) return vector;
  return std::make_unique<FloatsOnly>(std::move(vector));
}

// NaN comes last, whatever the direction.
Made MakeSort(FunctionInput input) {
  return Sorted(input, true, [](const Row& a, const Row& b) {
    const double va = a.data.values[0];
    const double vb = b.data.values[0];
    return std::isnan(vb) ? !std::isnan(va) : va < vb;
  });
}

Made MakeSortDesc(FunctionInput input) {
  return Sorted(input, true, [](const Row& a, const Row& b) {
    const double va = a.data.values[0];
    const double vb = b.data.values[0];
    return std::isnan(vb) ? !std::isnan(va) : va > vb;
  });
}

// By the labels of these names in turn, then by all labels.
bool LabelsBefore(const Labels& a, const Labels& b, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string_view value_a = a.Get(name);
    const std::string_view value_b = b.Get(name);
    if (value_a != value_b) return NaturalLess(value_a, value_b);
  }
  return a < b;
}

std::vector<std::string> LabelNames(FunctionInput& input) {
  std::vector<std::string> names;
  for (size_t i = 1; i < input.args.size(); ++i) names.push_back(std::move(input.args[i].string));
  return names;
}

Made MakeSortByLabel(FunctionInput input) {
  return Sorted(input, false, [names = LabelNames(input)](const Row& a, const Row& b) {
    return LabelsBefore(a.labels, b.labels, names);
  });
}

Made MakeSortByLabelDesc(FunctionInput input) {
  return Sorted(input, false, [names = LabelNames(input)](const Row& a, const Row& b) {
    return LabelsBefore(b.labels, a.labels, names);
  });
}

constexpr VectorFunction kSortFunctions[] = {
    {"sort", MakeSort},
    {"sort_desc", MakeSortDesc},
    {"sort_by_label", MakeSortByLabel},
    {"sort_by_label_desc", MakeSortByLabelDesc},
};

}  // namespace

std::span<const VectorFunction> SortFunctions() { return kSortFunctions; }

bool DefinesOrder(std::string_view function) {
  return std::any_of(std::begin(kSortFunctions), std::end(kSortFunctions),
                     [&](const VectorFunction& f) { return f.name == function; });
}

}  // namespace tidemark::promql
