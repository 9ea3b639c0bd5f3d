#include "promql/eval/unique_series.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

Status SameLabelset() {
  return FailedPrecondition("vector cannot contain metrics with the same labelset");
}

class UniqueSeriesOperator : public VectorOperator {
 public:
  UniqueSeriesOperator(EvalContext& context, Steps steps, std::unique_ptr<VectorOperator> input,
                       SameLabels same_labels)
      : context_(context), steps_(steps), input_(std::move(input)), same_labels_(same_labels) {}
  ~UniqueSeriesOperator() override { context_.meter.Release(metered_); }

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<Labels> labels, input_->Series());
    if (AllDiffer(labels)) return labels;
    std::vector<size_t> target(labels.size());  // index of each among the unique
    std::vector<Labels> unique = Unique(labels, target);
    if (unique.size() == labels.size()) return labels;
    merged_.resize(unique.size());
    for (StepSeries& m : merged_) m.Reset(steps_.count);
    for (const size_t i : target) RETURN_IF_ERROR(MergeNextInto(merged_[i]));
    return unique;
  }

  Status Next(StepSeries& out) override {
    if (merged_.empty()) return input_->Next(out);
    out = std::move(merged_[next_++]);
    return OkStatus();
  }

 private:
  // By their hashes alone: may say no where the answer is yes.
  static bool AllDiffer(const std::vector<Labels>& labels) {
    absl::flat_hash_set<uint64_t> hashes;
    hashes.reserve(labels.size());
    for (const Labels& l : labels) {
      if (!hashes.insert(l.Hash()).second) return false;
    }
    return true;
  }

  static std::vector<Labels> Unique(const std::vector<Labels>& labels,
                                    std::vector<size_t>& target) {
    std::vector<Labels> unique;
    absl::flat_hash_map<Labels, size_t> index;
    index.reserve(labels.size());
    for (size_t i = 0; i < labels.size(); ++i) {
      const auto [it, is_new] = index.emplace(labels[i], unique.size());
      target[i] = it->second;
      if (is_new) unique.push_back(labels[i]);
    }
    return unique;
  }

  Status MergeNextInto(StepSeries& merged) {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(input_->Next(data_));
    const uint64_t samples = data_.SampleCount();
    if (samples == 0) return OkStatus();
    metered_ += samples;
    RETURN_IF_ERROR(context_.meter.Take(samples));
    if (same_labels_ == SameLabels::kRefuse && merged.SampleCount() > 0) return SameLabelset();
    for (size_t i = 0; i < steps_.count; ++i) {
      if (data_.kinds[i] == SampleKind::kNone) continue;
      if (merged.kinds[i] != SampleKind::kNone) return SameLabelset();
      if (data_.kinds[i] == SampleKind::kFloat) {
        merged.SetFloat(i, data_.values[i]);
      } else {
        merged.SetHistogram(i, data_.histograms[i]);
      }
    }
    return OkStatus();
  }

  EvalContext& context_;
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
  const SameLabels same_labels_;
  StepSeries data_;
  std::vector<StepSeries> merged_;  // empty when nothing repeats
  size_t next_ = 0;
  uint64_t metered_ = 0;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeUniqueSeries(EvalContext& context, Steps steps,
                                                 std::unique_ptr<VectorOperator> input,
                                                 SameLabels same_labels) {
  return std::make_unique<UniqueSeriesOperator>(context, steps, std::move(input), same_labels);
}

}  // namespace tidemark::promql
