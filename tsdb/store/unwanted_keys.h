// UnwantedKeys: ranges of one family's keys that flushes and compactions leave
// out.  Private to tsdb/store.
//
// In place of RocksDB's deletions of ranges, for two faults of 7.8.  Behind the
// marker of one, an iterator may pass over an error without a word
// (MergingIterator::SkipNextDeleted).  And a compaction that leaves nothing but
// such markers opens a file for them; when that cannot be written, an assertion
// of Debian's build ends the process (SubcompactionState::SmallestUserKey).
//
// Readers still see such keys until they are gone.
#pragma once

#include <rocksdb/compaction_filter.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/base/mutex.h"

namespace tidemark::tsdb {

// Threads: all functions may be called from any thread.
class UnwantedKeys : public rocksdb::CompactionFilterFactory {
 public:
  // [first, second)
  using Range = std::pair<std::string, std::string>;

  // For flushes and compactions that begin from now on.
  void Add(Range range);
  void Remove(const Range& range);
  // Takes the place of all ranges.
  void Set(Range range);

  const char* Name() const override { return "tidemark.unwanted_keys"; }
  bool ShouldFilterTableFileCreation(rocksdb::TableFileCreationReason) const override {
    return true;
  }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override;

 private:
  Mutex mutex_;
  std::vector<Range> ranges_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
