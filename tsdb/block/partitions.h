// PartitionSet: the partitions that raw may have blocks in, so that a read
// over years visits days with data only.
//
// A partition is put in before the first block is written to it, and taken out
// after the last one is gone: it may be in without blocks, never the reverse.
#pragma once

#include <memory>
#include <vector>

#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class PartitionSet {
 public:
  // Finds those of a store: one seek each.
  Status Load(const Store& store);

  void Add(Partition partition);
  void Remove(Partition partition);
  // Ascending; does not change.
  std::shared_ptr<const std::vector<Partition>> Get() const;

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const std::vector<Partition>> partitions_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const std::vector<Partition>>();
};

}  // namespace tidemark::tsdb
