#include "tsdb/head/exemplar_delete.h"

#include <algorithm>
#include <memory>

#include "tsdb/block/exemplar_partitions.h"

namespace tidemark::tsdb {
namespace {

// From one series that has exemplars to the next, in one partition, which holds
// all of `times`.
Status DeleteInPartition(StoreIterator& it, TenantId tenant, std::span<const SeriesId> series,
                         const TimeInterval& times, WriteBatch& batch) {
  const Partition partition = PartitionOf(times.maxt);
  for (auto next = series.begin(); next != series.end();) {
    it.Seek(ExemplarKey({tenant, *next, times.mint}, 0));
    Partition in;
    ExemplarPlace found;
    const auto at_one = [&] {
      return it.Valid() && DecodeExemplarPartition(it.key(), in) && in == partition &&
             DecodeExemplarKey(it.key(), found) && found.tenant == tenant;
    };
    for (; at_one() && found.series == *next && found.t <= times.maxt; it.Next()) {
      batch.Delete(Family::kMeta, it.key());
    }
    if (!at_one()) break;
    next = std::lower_bound(next + 1, series.end(), found.series);
  }
  return it.status();
}

}  // namespace

Status DeleteExemplars(const Store& store, TenantId tenant, std::span<const SeriesId> series,
                       const TimeInterval& times, WriteBatch& batch) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kMeta);
  ASSIGN_OR_RETURN(const auto partitions, ExemplarPartitions(*it, times.mint, times.maxt));
  for (const Partition partition : partitions) {
    const TimeInterval part{std::max(times.mint, PartitionFirst(partition)),
                            std::min(times.maxt, PartitionEnd(partition))};
    RETURN_IF_ERROR(DeleteInPartition(*it, tenant, series, part, batch));
  }
  return OkStatus();
}

}  // namespace tidemark::tsdb
