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

// Appends every block that the partition could have.
void TakeAll(Partition partition, const TimeIntervals& times, std::vector<int64_t>& out) {
  const int64_t last = PartitionEnd(partition);
  for (int64_t end = BlockEnd(PartitionFirst(partition));; end += kBlockMs) {
    if (times.Overlaps({BlockFirst(end), end})) out.push_back(end);
    if (end > last - kBlockMs) break;
  }
}

}  // namespace

std::vector<int64_t> StoredBlocks(const Store& store, std::span<const Partition> partitions,
                                  TenantId tenant, SeriesId series, const TimeIntervals& times) {
  std::vector<int64_t> out;
  if (times.empty()) return out;
  const Partition first = PartitionOf(times.all().front().mint);
  const Partition last = PartitionOf(times.all().back().maxt);
  const std::unique_ptr<StoreIterator> it = store.NewRawIterator();
  auto partition = std::lower_bound(partitions.begin(), partitions.end(), first);
  for (; partition != partitions.end() && *partition <= last; ++partition) {
    const RawKey start{*partition, tenant, series, std::numeric_limits<int64_t>::min()};
    const size_t before = out.size();
    if (ReadPartition(*it, start, times, out).ok()) continue;
    out.resize(before);
    TakeAll(*partition, times, out);
  }
  return out;
}

}  // namespace tidemark::tsdb
