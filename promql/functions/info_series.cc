#include "promql/functions/info_series.h"

#include <fmt/format.h>

#include <utility>

namespace tidemark::promql {
namespace {

using tsdb::Labels;

// What a series of `metric` with the identifying labels of `labels` is known by.
Labels SourceKey(const Labels& labels, std::string_view metric) {
  return labels.Keep(IdentifyingLabels()).With(tsdb::kMetricName, metric);
}

}  // namespace

const std::vector<std::string>& IdentifyingLabels() {
  static const auto& labels = *new std::vector<std::string>{"instance", "job"};
  return labels;
}

Status InfoSeries::Read(size_t steps, VectorOperator& selected) {
  ASSIGN_OR_RETURN(labels_, selected.Series());
  StepSeries data;
  for (size_t i = 0; i < labels_.size(); ++i) {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(selected.Next(data));
    ASSIGN_OR_RETURN(Source * source, SourceOf(labels_[i], steps));
    for (size_t step = 0; step < steps; ++step) {
      if (data.kinds[step] == SampleKind::kFloat) {
        Offer(*source, static_cast<uint32_t>(i), step, data.values[step]);
      } else if (data.kinds[step] == SampleKind::kHistogram) {
        errors_.try_emplace(step, FailedPrecondition("info sample should be float"));
      }
    }
  }
  return OkStatus();
}

StatusOr<InfoSeries::Source*> InfoSeries::SourceOf(const Labels& labels, size_t steps) {
  const auto [it, added] =
      source_of_.try_emplace(SourceKey(labels, labels.metric_name()), sources_.size());
  if (added) {
    metrics_.emplace(labels.metric_name());
    sources_.push_back({std::vector<uint32_t>(steps, kNone), std::vector<double>(steps)});
    metered_ += steps;
    RETURN_IF_ERROR(context_.meter.Take(steps));
  }
  return &sources_[it->second];
}

void InfoSeries::Offer(Source& source, uint32_t series, size_t step, double taken) {
  uint32_t& newest = source.newest[step];
  if (newest != kNone && taken == source.taken[step]) {
    errors_.try_emplace(step,
                        FailedPrecondition(fmt::format(
                            "found duplicate series for info metric: existing {} @ {}, new {} @ {}",
                            labels_[newest].ToString(), static_cast<int64_t>(taken),
                            labels_[series].ToString(), static_cast<int64_t>(taken))));
  }
  if (newest != kNone && taken <= source.taken[step]) return;
  newest = series;
  source.taken[step] = taken;
}

std::vector<size_t> InfoSeries::SourcesOf(const Labels& base) const {
  std::vector<size_t> sources;
  for (const std::string& metric : metrics_) {
    const auto found = source_of_.find(SourceKey(base, metric));
    if (found != source_of_.end()) sources.push_back(found->second);
  }
  return sources;
}

Status InfoSeries::CheckStep(size_t step) const {
  if (errors_.empty()) return OkStatus();
  const auto found = errors_.find(step);
  return found == errors_.end() ? OkStatus() : found->second;
}

}  // namespace tidemark::promql
