#include "tsdb/query/quality_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "tsdb/head/head_stats.h"
#include "tsdb/query/find_series.h"
#include "tsdb/store/tier_keys.h"
#include "tsdb/tier/day_aggs.h"

namespace tidemark::tsdb {
namespace {

// The days of `times` that there are, to be sought in.
struct Days {
  Partition first;
  Partition last;
};

Status ReadDays(StoreIterator& it, TierKey key, const Days& days, std::vector<DayQuality>& out) {
  for (TierPeriod period = PeriodOf(days.first); period <= PeriodOf(days.last); ++period) {
    key.period = period;
    key.block_end = PartitionEnd(days.first);
    for (it.Seek(EncodeTierKey(key)); it.Valid(); it.Next()) {
      TierKey at;
      if (!DecodeTierKey(it.key(), at)) return DataLoss("a key of tiers that is none");
      if (at.block_end > PartitionEnd(days.last)) break;
      ASSIGN_OR_RETURN(DayQuality day, DecodeDayQuality(it.value()));
      out.push_back(std::move(day));
    }
    RETURN_IF_ERROR(it.status());
  }
  return OkStatus();
}

// Up to which nothing of the tenant waits to be sealed or aggregated.
int64_t CompleteUntil(const QuerySources& sources, const HeadTenant& tenant,
                      const TimeInterval& times) {
  int64_t until = times.maxt;
  const auto end_before = [&until, &times](int64_t t) {
    if (t <= until) until = std::max(t, times.mint) - 1;
  };
  for (const TenantStats& stats : HeadStats(sources.head)) {
    if (stats.tenant == tenant.name && stats.head_series > 0) end_before(stats.min_time);
  }
  const TimeIntervals dirty = sources.dirty.Within(times);
  for (const TimeInterval& interval : dirty.all()) {
    if (interval.Overlaps(times)) end_before(interval.mint);
  }
  return until;
}

}  // namespace

StatusOr<QualityReport> FindQuality(const QuerySources& sources, const HeadTenant& tenant,
                                    std::span<const Matcher> matchers, const TimeInterval& times,
                                    const Cancellation* cancellation) {
  QualityReport out;
  // Before the tiers are read: what is aggregated meanwhile is in the report, too.
  out.complete_until = CompleteUntil(sources, tenant, times);
  const auto days = sources.days.Get();
  if (days->empty()) return out;
  const Days range{std::max(days->front(), PartitionOf(times.mint)),
                   std::min(days->back(), PartitionOf(times.maxt))};
  if (range.first > range.last) return out;
  ASSIGN_OR_RETURN(std::vector<IndexedSeries> series,
                   FindSeries(sources.store, sources.presence, sources.days,
                              {tenant, matchers, times.mint, times.maxt, cancellation}));
  const std::unique_ptr<StoreIterator> it = sources.store.NewTierIterator();
  for (IndexedSeries& one : series) {
    if (cancellation != nullptr) RETURN_IF_ERROR(cancellation->Check());
    SeriesQuality quality;
    RETURN_IF_ERROR(ReadDays(*it, {kQualityTier, 0, tenant.id, one.id, 0}, range, quality.days));
    if (quality.days.empty()) continue;
    quality.labels = std::move(one.labels);
    out.series.push_back(std::move(quality));
  }
  return out;
}

}  // namespace tidemark::tsdb
