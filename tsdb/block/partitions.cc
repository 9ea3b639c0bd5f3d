#include "tsdb/block/partitions.h"

#include <algorithm>
#include <limits>

namespace tidemark::tsdb {

Status PartitionSet::Load(const Store& store) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kRaw);
  for (it->Seek(""); it->Valid();) {
    RawKey key;
    if (!DecodeRawKey(it->key(), key)) return DataLoss("a key of raw that is none");
    Add(key.partition);
    if (key.partition == std::numeric_limits<Partition>::max()) break;
    it->Seek(RawPartitionKey(key.partition + 1));
  }
  return it->status();
}

void PartitionSet::Add(Partition partition) {
  MutexLock lock(mutex_);
  const auto at = std::lower_bound(partitions_->begin(), partitions_->end(), partition);
  if (at != partitions_->end() && *at == partition) return;
  auto changed = std::make_shared<std::vector<Partition>>(*partitions_);
  changed->insert(changed->begin() + (at - partitions_->begin()), partition);
  partitions_ = std::move(changed);
}

void PartitionSet::Remove(Partition partition) {
  MutexLock lock(mutex_);
  auto changed = std::make_shared<std::vector<Partition>>(*partitions_);
  std::erase(*changed, partition);
  partitions_ = std::move(changed);
}

std::shared_ptr<const std::vector<Partition>> PartitionSet::Get() const {
  MutexLock lock(mutex_);
  return partitions_;
}

}  // namespace tidemark::tsdb
