#include "tsdb/block/stored_blocks.h"

#include <algorithm>
#include <limits>
#include <memory>

namespace tidemark::tsdb {
namespace {

// Appends those of one partition.
Status ReadPartition(StoreIterator& it, const RawKey& first, const TimeIntervals& times,
                     std::vector<int64_t>& out) {
  RawKey key;
  for (it.Seek(EncodeRawKey(first)); it.Valid() && DecodeRawKey(it.key(), key); it.Next()) {
    if (times.Overlaps({BlockFirst(key.block_end), key.block_end})) out.push_back(key.block_end);
  }
  return it.status();
}

}  // namespace

StatusOr<std::vector<int64_t>> StoredBlocks(const Store& store,
                                            std::span<const Partition> partitions, TenantId tenant,
                                            SeriesId series, const TimeIntervals& times) {
  std::vector<int64_t> out;
  if (times.empty()) return out;
  const Partition first = PartitionOf(times.all().front().mint);
  const Partition last = PartitionOf(times.all().back().maxt);
  const std::unique_ptr<StoreIterator> it = store.NewRawIterator();
  auto partition = std::lower_bound(partitions.begin(), partitions.end(), first);
  for (; partition != partitions.end() && *partition <= last; ++partition) {
    const RawKey start{*partition, tenant, series, std::numeric_limits<int64_t>::min()};
    RETURN_IF_ERROR(ReadPartition(*it, start, times, out));
  }
  return out;
}

}  // namespace tidemark::tsdb
