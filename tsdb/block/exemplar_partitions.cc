#include "tsdb/block/exemplar_partitions.h"

namespace tidemark::tsdb {

StatusOr<std::vector<Partition>> ExemplarPartitions(StoreIterator& it, int64_t mint, int64_t maxt) {
  std::vector<Partition> out;
  it.Seek(ExemplarPartitionKey(PartitionOf(mint)));
  while (it.Valid()) {
    Partition partition;
    if (!DecodeExemplarPartition(it.key(), partition) || partition > PartitionOf(maxt)) break;
    out.push_back(partition);
    if (partition == PartitionOf(maxt)) break;
    it.Seek(ExemplarPartitionKey(partition + 1));
  }
  RETURN_IF_ERROR(it.status());
  return out;
}

}  // namespace tidemark::tsdb
