#include "tsdb/head/head_stats.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tidemark::tsdb {
namespace {

void AddSeries(const HeadSeries& series, TenantStats& stats) {
  if (series.min_t() > series.max_t()) return;  // only deletes
  const bool first = stats.head_series++ == 0;
  stats.min_time = first ? series.min_t() : std::min(stats.min_time, series.min_t());
  stats.max_time = first ? series.max_t() : std::max(stats.max_time, series.max_t());
}

}  // namespace

std::vector<TenantStats> HeadStats(const Head& head) {
  std::map<TenantId, TenantStats> by_id;
  for (const HeadTenant* tenant : head.tenants().All()) {
    TenantStats& stats = by_id[tenant->id];
    stats.tenant = tenant->name;
    stats.series = tenant->index.size();
  }
  for (size_t k = 0; k < kHeadShards; ++k) {
    const HeadShard& shard = head.shard(k);
    MutexLock lock(shard.mutex);
    for (const HeadSeries* series : shard.unsealed) AddSeries(*series, by_id[series->tenant]);
  }
  std::vector<TenantStats> out;
  for (auto& [id, stats] : by_id) {
    if (stats.series > 0) out.push_back(std::move(stats));
  }
  return out;
}

void AddHeadGauges(const std::shared_ptr<const Head>& head, Metrics& metrics) {
  metrics.AddGauge("tidemark_storage_head_sample_bytes",
                   "Memory that samples take which are not in blocks yet, roughly.",
                   [head] { return static_cast<double>(head->sample_bytes()); });
  metrics.AddGauge("tidemark_storage_series_bytes",
                   "Memory that series take, index included and samples not, roughly.",
                   [head] { return static_cast<double>(head->series_bytes()); });
  metrics.AddGauge("tidemark_storage_series", "Series in memory, of all tenants.", [head] {
    size_t n = 0;
    for (const HeadTenant* tenant : head->tenants().All()) n += tenant->index.size();
    return static_cast<double>(n);
  });
}

}  // namespace tidemark::tsdb
