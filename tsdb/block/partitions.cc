#include "tsdb/block/partitions.h"

#include <algorithm>
#include <utility>

#include "tsdb/base/log.h"
#include "tsdb/base/status.h"

namespace tidemark::tsdb {

size_t PartitionSet::Load(const Store& store, std::span<const Partition> noted) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kRaw);
  size_t unreadable = 0;
  for (const Partition partition : noted) {
    it->Seek(RawPartitionKey(partition));
    RawKey key;
    const bool readable = it->status().ok();
    if (readable && !it->Valid()) continue;
    if (readable && DecodeRawKey(it->key(), key) && key.partition != partition) continue;
    Add(partition);
    if (readable) continue;
    ++unreadable;
    Log(LogLevel::kError,
        "a block cannot be read; queries that need it get an error, see `tidemark verify`",
        {{"from_ms", PartitionFirst(partition)},
         {"to_ms", PartitionEnd(partition)},
         {"error", MessageOf(it->status())}});
  }
  return unreadable;
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
