// SealedLookup: reads from raw what a commit needs to tell late samples from
// duplicates and conflicts: one block a series and time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/metrics.h"
#include "tsdb/head/head_series.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: one.
class SealedLookup {
 public:
  // `unreadable` counts blocks that could not be read.
  SealedLookup(const Store& store, Counter& unreadable);
  ~SealedLookup();

  // Plans to read the series at `t`; under its shard's lock.
  void Ask(const HeadSeries& series, int64_t t);
  // Reads what was asked for; under no lock.  A block that cannot be read
  // counts as empty: the sample is taken, the union in raw keeps the older
  // value, and who queries the block is told that it is damaged.
  void Read();
  // What was read of the series, or null.
  const SealedView* Find(const HeadSeries& series) const;

 private:
  class View;
  void ReadBlocks(const HeadSeries& series, View& view);

  const Store& store_;
  Counter& unreadable_;
  absl::flat_hash_map<const HeadSeries*, std::unique_ptr<View>> views_;
};

}  // namespace tidemark::tsdb
