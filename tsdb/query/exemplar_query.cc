#include "tsdb/query/exemplar_query.h"

#include <algorithm>
#include <utility>

#include "tsdb/block/exemplar_partitions.h"
#include "tsdb/store/meta_records.h"

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

}  // namespace

StatusOr<std::vector<SeriesExemplars>> FindExemplars(const Store& store, const HeadTenant& tenant,
                                                     std::span<const Matcher> matchers,
                                                     int64_t mint, int64_t maxt) {
  ASSIGN_OR_RETURN(const auto series, tenant.index.Select(matchers, nullptr));
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kMeta);
  ASSIGN_OR_RETURN(const auto partitions, ExemplarPartitions(*it, mint, maxt));
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
