#include "tsdb/query/exemplar_query.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "tsdb/block/exemplar_partitions.h"
#include "tsdb/query/find_series.h"
#include "tsdb/store/meta_records.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

// Of one partition: keys of one series are in time order.
Status ReadSeries(StoreIterator& it, const ExemplarPlace& from, int64_t maxt,
                  std::vector<Exemplar>& out) {
  const std::string first = ExemplarKey(from, 0);
  const std::string_view prefix = std::string_view(first).substr(0, first.size() - 16);
  for (it.Seek(first); it.Valid() && it.key().substr(0, prefix.size()) == prefix; it.Next()) {
    ExemplarPlace place;
    if (!DecodeExemplarKey(it.key(), place)) return DataLoss("an exemplar's key is damaged");
    if (place.t > maxt) break;
    ASSIGN_OR_RETURN(Exemplar exemplar, DecodeExemplar(place.t, it.value()));
    out.push_back(std::move(exemplar));
  }
  return it.status();
}

// The series of a metric that have exemplars in the partition: one seek each.
Status FindIds(StoreIterator& it, TenantId tenant, Partition partition, uint32_t ordinal,
               SeriesByMetric& out) {
  const int64_t first = PartitionFirst(partition);
  it.Seek(ExemplarKey({tenant, SeriesIdOf(ordinal, 0), first}, 0));
  ExemplarPlace place;
  while (it.Valid() && DecodeExemplarKey(it.key(), place) && place.tenant == tenant &&
         OrdinalOf(place.series) == ordinal && PartitionOf(place.t) == partition) {
    out[ordinal].add(CounterOf(place.series));
    if (CounterOf(place.series) == std::numeric_limits<uint32_t>::max()) break;
    it.Seek(ExemplarKey({tenant, place.series + 1, first}, 0));
  }
  return it.status();
}

}  // namespace

StatusOr<std::vector<SeriesExemplars>> FindExemplars(const Store& store, const HeadTenant& tenant,
                                                     std::span<const Matcher> matchers,
                                                     int64_t mint, int64_t maxt) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kMeta);
  ASSIGN_OR_RETURN(const auto partitions, ExemplarPartitions(*it, mint, maxt));
  const std::vector<uint32_t> metrics = tenant.MetricsMatching(matchers);
  const auto stored = [&]() -> StatusOr<SeriesByMetric> {
    SeriesByMetric out;
    for (const Partition partition : partitions) {
      for (const uint32_t ordinal : metrics) {
        RETURN_IF_ERROR(FindIds(*it, tenant.id, partition, ordinal, out));
      }
    }
    return out;
  };
  ASSIGN_OR_RETURN(const auto series, FindSeries(store, {tenant, matchers, mint, maxt}, stored));
  std::vector<SeriesExemplars> out;
  for (const IndexedSeries& one : series) {
    SeriesExemplars found;
    for (const Partition partition : partitions) {
      const int64_t from = std::max(mint, PartitionFirst(partition));
      RETURN_IF_ERROR(ReadSeries(*it, {tenant.id, one.id, from}, maxt, found.exemplars));
    }
    if (found.exemplars.empty()) continue;
    found.labels = one.labels;
    out.push_back(std::move(found));
  }
  std::sort(out.begin(), out.end(),
            [](const SeriesExemplars& a, const SeriesExemplars& b) { return a.labels < b.labels; });
  return out;
}

}  // namespace tidemark::tsdb
