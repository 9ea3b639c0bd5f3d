// SeriesIndex: from Matchers to the series of one tenant.
//
//   index.Add(series);
//   ASSIGN_OR_RETURN(auto found, index.Select(matchers, cancellation));
//
// A label that a series does not have counts as "": {a=""} finds the series
// without a, {a!="x"} finds them too.
//
// Threads: all functions may be called from any thread; readers do not block
// each other.
// Ownership: borrows the series, which must outlive it and never change.
#pragma once

#include <map>
#include <roaring/roaring.hh>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/index/postings.h"
#include "tsdb/index/series.h"
#include "tsdb/model/matcher.h"

namespace tidemark::tsdb {

class SeriesIndex {
 public:
  // Gives the series its ref.
  void Add(IndexedSeries& series);
  size_t size() const;

  // The series that match all of `matchers`, in the order of their refs; no
  // matcher: all.  `cancellation` may be null.
  StatusOr<std::vector<const IndexedSeries*>> Select(std::span<const Matcher> matchers,
                                                     const Cancellation* cancellation) const;

  // Sorted; at most `limit` (0: all).
  StatusOr<std::vector<std::string>> LabelNames(std::span<const Matcher> matchers,
                                                size_t limit) const;
  StatusOr<std::vector<std::string>> LabelValues(std::string_view name,
                                                 std::span<const Matcher> matchers,
                                                 size_t limit) const;

 private:
  // Values of one name, sorted, so that a prefix is one range of them.
  using Values = absl::btree_map<std::string, Postings, std::less<>>;

  StatusOr<Roaring> Resolve(std::span<const Matcher> matchers,
                            const Cancellation* cancellation) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  StatusOr<Roaring> Matching(const Matcher& matcher, const Cancellation* cancellation) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  Status RemoveUnmatched(const Matcher& matcher, const Cancellation* cancellation,
                         Roaring& set) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  const Values* ValuesOf(std::string_view name) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable SharedMutex mutex_;
  std::vector<const IndexedSeries*> series_ ABSL_GUARDED_BY(mutex_);  // by ref
  std::map<std::string, Values, std::less<>> names_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
