// Sealer: moves samples from the head into blocks, and trims the journal.
//
//   freeze      under each shard's lock, in one walk: what was added so far
//               becomes frozen pieces; the barrier is the journal's next number
//   wait        until all records before the barrier are written: raw must not
//               know series that the catalog does not
//   merge       runs into family raw, in key order, without RocksDB's log
//   flush raw   now they survive
//   trim        marks of what is sealed, and the journal's records before the
//               barrier go, in one synced batch
//   hand over   the head forgets the pieces
//
// A sample is readable at every moment: a reader asks the head first and raw
// after it, so it sees a piece in one of them or in both, where they are equal.
// A seal that fails anywhere is repeated from the merge, with the same pieces:
// merging again changes nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/block/partitions.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class Sealer {
 public:
  Sealer(Head& head, Journal& journal, Store& store, PartitionSet& partitions, Metrics& metrics);

  // Seals everything that was committed before the call.  One at a time; a
  // second caller waits.
  //   kUnavailable  the disk is full or failing; everything is still in the
  //                 journal and readable
  Status Seal();

 private:
  struct Frozen {
    HeadSeries* series;
    std::shared_ptr<const Piece> piece;
  };

  uint64_t Freeze() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status Merge(uint64_t barrier) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status Trim(uint64_t barrier) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void HandOver() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Head& head_;
  Journal& journal_;
  Store& store_;
  PartitionSet& partitions_;
  BucketHistogram* duration_;
  Counter* sealed_bytes_;

  Mutex mutex_;  // held over a whole seal, its I/O included
  std::vector<Frozen> frozen_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
