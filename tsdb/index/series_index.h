// SeriesIndex: from Matchers to the series of one tenant that are in memory.
//
//   const DenseRef ref = index.Add(labels, id).ref;
//   ASSIGN_OR_RETURN(auto found, index.Select(matchers, cancellation));
//   index.Remove(ref);
//
// A label that a series does not have counts as "": {a=""} finds the series
// without a, {a!="x"} finds them too.
//
// Threads: all functions may be called from any thread; readers do not block
// each other.
#pragma once

#include <deque>
#include <memory>
#include <roaring/roaring.hh>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/index/label_counts.h"
#include "tsdb/index/label_pairs.h"
#include "tsdb/index/postings.h"
#include "tsdb/index/series.h"
#include "tsdb/model/matcher.h"

namespace tidemark::tsdb {

class SeriesIndex {
 public:
  struct Added {
    DenseRef ref;
    size_t bytes;  // that the index grew by, roughly
  };
  // Labels that are in the index already must not be added again.
  Added Add(const Labels& labels, SeriesId id);
  // Returns how many bytes are free again.
  size_t Remove(DenseRef ref);
  size_t size() const;

  // The series that match all of `matchers`; no matcher: all.  `cancellation`
  // may be null.
  StatusOr<std::vector<IndexedSeries>> Select(std::span<const Matcher> matchers,
                                              const Cancellation* cancellation) const;

  // Sorted; at most `limit` (0: all).
  StatusOr<std::vector<std::string>> LabelNames(std::span<const Matcher> matchers,
                                                size_t limit) const;
  StatusOr<std::vector<std::string>> LabelValues(std::string_view name,
                                                 std::span<const Matcher> matchers,
                                                 size_t limit) const;

  // Counts the series that match (no matcher: all) by the values of `names` (none:
  // of all labels), from the postings alone; of each label the `top` values.
  StatusOr<LabelCounts> CountLabels(std::span<const Matcher> matchers,
                                    std::span<const std::string> names, size_t top) const;

  // Of a series that is in the index.
  Labels LabelsOf(DenseRef ref) const;
  // Changes whenever a series is removed.
  uint64_t removals() const;

  // Those of `counters` (the low halves of ids of the metric with this ordinal)
  // that are not in the index.
  Roaring Missing(uint32_t ordinal, const Roaring& counters) const;

 private:
  // The first number says how many pairs follow.
  using PairList = std::unique_ptr<PairRef[]>;
  struct Entry {
    SeriesId id = 0;
    PairList pairs;  // in label order; null when the ref is free
  };
  class Resolver;

  Labels LabelsOfEntry(const Entry& entry) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  LabelCount CountValues(std::string_view name, const LabelPairs::Values& values,
                         const Roaring* set, size_t top) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Appends the series of `refs` that are still there.
  void CopyOut(std::span<const DenseRef> refs, std::vector<IndexedSeries>& out) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable SharedMutex mutex_;
  LabelPairs pairs_ ABSL_GUARDED_BY(mutex_);
  std::deque<Entry> series_ ABSL_GUARDED_BY(mutex_);  // by ref
  Roaring used_ ABSL_GUARDED_BY(mutex_);              // refs that are not free
  std::vector<DenseRef> free_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint32_t, Roaring> ids_ ABSL_GUARDED_BY(mutex_);  // by ordinal
  // How often a ref became free: those found before may mean others now.
  uint64_t removals_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tidemark::tsdb
