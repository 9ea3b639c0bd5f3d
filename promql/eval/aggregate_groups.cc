#include "promql/eval/aggregate_groups.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <numeric>

#include "promql/eval/metadata_labels.h"

namespace tidemark::promql {

using tsdb::Labels;

GroupLabels::GroupLabels(const AggregateExpr& expr)
    : names_(expr.grouping), without_(expr.without) {
  if (without_) {
    names_.emplace_back(tsdb::kMetricName);
    names_.emplace_back(kDropMark);
  }
}

Labels GroupLabels::Of(const Labels& series) const {
  return without_ ? series.Drop(names_) : series.Keep(names_);
}

void GroupLabels::KeepToo(const std::string& name) {
  if (!without_) names_.push_back(name);
}

SeriesGroups MakeSeriesGroups(std::span<const Labels> series, const GroupLabels& group) {
  SeriesGroups met;  // in the order in which the input starts them
  absl::flat_hash_map<Labels, uint32_t> index;
  absl::flat_hash_set<uint32_t> marked;  // groups of which any series is
  for (size_t i = 0; i < series.size(); ++i) {
    Labels labels = group.Of(series[i]);
    const auto [it, added] = index.try_emplace(labels, static_cast<uint32_t>(met.labels.size()));
    if (added) {
      met.labels.push_back(std::move(labels));
      met.last.emplace_back();
    }
    if (!group.without() && IsMarked(series[i])) marked.insert(it->second);
    met.of.push_back(it->second);
    met.last[it->second] = i;
  }

  std::vector<uint32_t> order(met.labels.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return met.last[a] < met.last[b]; });
  SeriesGroups groups;
  std::vector<uint32_t> place(order.size());
  for (uint32_t g : order) {
    place[g] = static_cast<uint32_t>(groups.labels.size());
    groups.labels.push_back(marked.contains(g) ? Marked(met.labels[g]) : met.labels[g]);
    groups.last.push_back(met.last[g]);
  }
  groups.of = std::move(met.of);
  for (uint32_t& g : groups.of) g = place[g];
  return groups;
}

}  // namespace tidemark::promql
