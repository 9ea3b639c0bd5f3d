#include "promql/functions/histogram_groups.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string>
#include <utility>

#include "promql/annotation_text.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

constexpr std::string_view kBucketLabel = "le";

}  // namespace

Status HistogramGroups::Open() {
  ASSIGN_OR_RETURN(std::vector<Labels> labels, input_->Series());
  inputs_.resize(labels.size());
  absl::flat_hash_map<Labels, size_t> index;
  auto group_of = [&](Labels key) -> Group& {
    const auto [it, added] = index.try_emplace(key, groups_.size());
    if (added) groups_.emplace_back().labels = std::move(key);
    return groups_[it->second];
  };
  for (size_t i = 0; i < labels.size(); ++i) {
    Group& as_native = group_of(labels[i]);
    as_native.native = i;
    as_native.last = i;
    inputs_[i].users = 1;
    if (auto upper = ParseUpperBound(labels[i].Get(kBucketLabel)); upper.has_value()) {
      Group& as_classic = group_of(labels[i].With(kBucketLabel, ""));
      as_classic.classic.push_back({*upper, i});
      as_classic.last = std::max(as_classic.last, i);
      inputs_[i].has_bound = true;
      inputs_[i].users = 2;
    }
    inputs_[i].labels = std::move(labels[i]);
  }
  for (Group& group : groups_) {
    std::stable_sort(group.classic.begin(), group.classic.end(),
                     [](const Bound& a, const Bound& b) { return a.upper < b.upper; });
  }
  std::stable_sort(groups_.begin(), groups_.end(),
                   [](const Group& a, const Group& b) { return a.last < b.last; });
  return OkStatus();
}

Status HistogramGroups::ReadNext() {
  Input& input = inputs_[read_++];
  RETURN_IF_ERROR(input_->Next(input.data));
  const auto& kinds = input.data.kinds;
  if (!input.has_bound && std::count(kinds.begin(), kinds.end(), SampleKind::kFloat) > 0) {
    context_.annotations.Add(BadBucketLabel(MetricOf(input.labels), input.labels.Get(kBucketLabel)),
                             pos_);
  }
  input.held = input.data.SampleCount();
  return context_.meter.Take(input.held);
}

Status HistogramGroups::Load(size_t group) {
  while (read_ <= groups_[group].last) {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(ReadNext());
  }
  return OkStatus();
}

const FloatHistogram* HistogramGroups::At(size_t group, size_t step,
                                          std::vector<ClassicBucket>& buckets) {
  const Group& g = groups_[group];
  buckets.clear();
  for (const Bound& bound : g.classic) {
    const StepSeries& data = inputs_[bound.input].data;
    if (data.kinds[step] == SampleKind::kFloat) {
      buckets.push_back({bound.upper, data.values[step]});
    }
  }
  if (g.native == kNone) return nullptr;
  const StepSeries& native = inputs_[g.native].data;
  if (native.kinds[step] != SampleKind::kHistogram) return nullptr;
  if (buckets.empty()) return native.histograms[step].get();
  // Which of the two was meant cannot be known.
  context_.annotations.Add(MixedClassicNativeHistograms(MetricOf(g.labels)), pos_);
  buckets.clear();
  return nullptr;
}

// Texts have the name only where functions leave it to their results.
std::string_view HistogramGroups::MetricOf(const Labels& labels) const {
  return context_.options.delayed_name_removal ? labels.metric_name() : std::string_view();
}

void HistogramGroups::ReleaseInput(size_t i) {
  Input& input = inputs_[i];
  if (--input.users > 0) return;
  context_.meter.Release(input.held);
  input.data = {};
  input.labels = {};
}

void HistogramGroups::Release(size_t group) {
  Group& g = groups_[group];
  for (const Bound& bound : g.classic) ReleaseInput(bound.input);
  if (g.native != kNone) ReleaseInput(g.native);
}

}  // namespace tidemark::promql
