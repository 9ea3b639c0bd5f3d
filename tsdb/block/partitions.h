// PartitionSet: the partitions that raw may have blocks in, so that a read
// over years visits days with data only.
//
// A partition is put in before the first block is written to it, and taken out
// after the last one is gone: it may be in without blocks, never the reverse.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "tsdb/base/mutex.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class PartitionSet {
 public:
  // Takes those of `noted` (Presence::Partitions) that have a block: one seek
  // each.  One whose first block cannot be read is taken, too, and logged: queries
  // that reach the block get the error, and all others their answer.  Returns how
  // many these are.
  size_t Load(const Store& store, std::span<const Partition> noted);

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
