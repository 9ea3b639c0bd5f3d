#include "server/api/tsdb_status.h"

#include <algorithm>
#include <unordered_map>

namespace tidemark::server {
namespace {

using Counts = std::unordered_map<std::string, uint64_t>;

std::vector<NamedCount> Largest(const Counts& counts, size_t limit) {
  std::vector<NamedCount> all;
  all.reserve(counts.size());
  for (const auto& [name, count] : counts) all.push_back({name, count});
  const auto middle = all.begin() + static_cast<ptrdiff_t>(std::min(limit, all.size()));
  std::partial_sort(all.begin(), middle, all.end(), [](const NamedCount& a, const NamedCount& b) {
    return a.count != b.count ? a.count > b.count : a.name < b.name;
  });
  all.erase(middle, all.end());
  return all;
}

class Counter {
 public:
  void Add(const tsdb::Labels& labels) {
    ++series_;
    for (const tsdb::LabelView l : labels) AddPair(l);
  }
  void AddMetric(const std::string& name, size_t series) { by_metric_[name] += series; }

  TsdbStatus Take(size_t limit) const {
    TsdbStatus status;
    status.series = series_;
    status.label_pairs = by_pair_.size();
    status.series_by_metric = Largest(by_metric_, limit);
    status.values_by_label = Largest(values_, limit);
    status.bytes_by_label = Largest(bytes_, limit);
    status.series_by_pair = Largest(by_pair_, limit);
    return status;
  }

 private:
  void AddPair(const tsdb::LabelView& l) {
    pair_.assign(l.name);
    pair_ += '=';
    pair_ += l.value;
    const auto [it, fresh] = by_pair_.try_emplace(pair_, 0);
    ++it->second;
    if (!fresh) return;
    const std::string name(l.name);
    ++values_[name];
    bytes_[name] += l.value.size();
  }

  uint64_t series_ = 0;
  Counts by_metric_;
  Counts values_;
  Counts bytes_;
  Counts by_pair_;
  std::string pair_;
};

}  // namespace

StatusOr<TsdbStatus> ReadTsdbStatus(const tsdb::Querier& querier, int64_t start, int64_t end,
                                    size_t limit, const Cancellation& cancellation) {
  tsdb::SelectHints hints;
  hints.start = start;
  hints.end = end;
  hints.function = "series";  // no samples will be read
  hints.cancellation = &cancellation;
  ASSIGN_OR_RETURN(const std::vector<std::string> metrics,
                   querier.LabelValues(tsdb::kMetricName, {}, 0));
  Counter counter;
  for (const std::string& metric : metrics) {
    RETURN_IF_ERROR(cancellation.Check());
    const tsdb::Matcher matcher = tsdb::Matcher::Equal(tsdb::kMetricName, metric);
    ASSIGN_OR_RETURN(const auto set, querier.Select({&matcher, 1}, hints));
    for (size_t i = 0; i < set->size(); ++i) counter.Add(set->labels(i));
    if (set->size() > 0) counter.AddMetric(metric, set->size());
  }
  return counter.Take(limit);
}

}  // namespace tidemark::server
