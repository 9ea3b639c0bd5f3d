#include "promql/eval/aggregate_count_values.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "promql/eval/aggregate_groups.h"
#include "promql/parser/number_literal.h"
#include "proto/utf8.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

class CountValuesOperator : public VectorOperator {
 public:
  CountValuesOperator(EvalContext& context, Steps steps, const AggregateExpr& expr,
                      std::unique_ptr<VectorOperator> input, std::string label)
      : context_(context),
        steps_(steps),
        group_(expr),
        input_(std::move(input)),
        label_(std::move(label)) {
    group_.KeepToo(label_);
  }

  ~CountValuesOperator() override { context_.meter.Release(held_); }

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(const std::vector<Labels> series, input_->Series());
    for (const Labels& labels : series) RETURN_IF_ERROR(CountSeries(labels));
    return std::move(labels_);
  }

  Status Next(StepSeries& out) override {
    out.Reset(steps_.count);
    const std::vector<uint32_t>& counts = counts_[next_++];
    for (size_t step = 0; step < steps_.count; ++step) {
      if (counts[step] > 0) out.SetFloat(step, counts[step]);
    }
    return OkStatus();
  }

 private:
  Status CountSeries(const Labels& labels) {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(input_->Next(data_));
    std::vector<uint32_t>* counts = nullptr;
    uint64_t last = 0;  // the value that `counts` is of
    for (size_t step = 0; step < steps_.count; ++step) {
      RETURN_IF_ERROR(context_.CheckRunning(step));
      if (data_.kinds[step] == SampleKind::kNone) continue;
      const bool is_float = data_.kinds[step] == SampleKind::kFloat;
      const uint64_t bits = std::bit_cast<uint64_t>(data_.values[step]);
      if (counts == nullptr || !is_float || bits != last) {
        ASSIGN_OR_RETURN(counts, CountsOf(labels, ValueText(step)));
      }
      ++(*counts)[step];
      last = bits;
      if (!is_float) counts = nullptr;
    }
    return OkStatus();
  }

  std::string ValueText(size_t step) const {
    if (data_.kinds[step] == SampleKind::kFloat) return FormatFixed(data_.values[step]);
    return data_.histograms[step]->ToString();
  }

  StatusOr<std::vector<uint32_t>*> CountsOf(const Labels& labels, const std::string& value) {
    Labels group = group_.Of(labels.With(label_, value));
    const auto [it, added] = index_.try_emplace(group, counts_.size());
    if (added) {
      labels_.push_back(std::move(group));
      counts_.emplace_back(steps_.count);
      held_ += steps_.count;
      RETURN_IF_ERROR(context_.meter.Take(steps_.count));
    }
    return &counts_[it->second];
  }

  EvalContext& context_;
  const Steps steps_;
  GroupLabels group_;
  const std::unique_ptr<VectorOperator> input_;
  const std::string label_;
  absl::flat_hash_map<Labels, size_t> index_;
  std::vector<Labels> labels_;
  std::vector<std::vector<uint32_t>> counts_;  // by labels, then step
  uint64_t held_ = 0;
  size_t next_ = 0;
  StepSeries data_;
};

}  // namespace

StatusOr<std::unique_ptr<VectorOperator>> MakeCountValues(EvalContext& context, Steps steps,
                                                          const AggregateExpr& expr,
                                                          std::unique_ptr<VectorOperator> input,
                                                          std::string label) {
  if (label.empty() || !proto::IsValidUtf8(label)) {
    return FailedPrecondition(fmt::format("invalid label name {}", Quoted(label)));
  }
  return std::make_unique<CountValuesOperator>(context, steps, expr, std::move(input),
                                               std::move(label));
}

}  // namespace tidemark::promql
