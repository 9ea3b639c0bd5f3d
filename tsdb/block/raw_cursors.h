// RawCursors: iterators over family raw, or another, that readers of one query pass
// on to each other, because making one costs more than reading a block.
//
// A cursor sees the family as of when it was made.  What left the head since then it
// does not see: such cursors are let go.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tsdb/base/mutex.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

class RawCursors {
 public:
  // Of one reader; null until it is first used.
  struct Cursor {
    std::unique_ptr<StoreIterator> it;
    uint64_t handovers = 0;  // when it was made
  };

  // `handovers`: Head::handovers, which is read before a cursor is made and
  // whenever one is taken.  Both arguments must outlive this.
  RawCursors(const Store& store, std::function<uint64_t()> handovers)
      : RawCursors([&store] { return store.NewRawIterator(); }, std::move(handovers)) {}
  // Of what `open` gives, and of what changes when `handovers` does.
  RawCursors(std::function<std::unique_ptr<StoreIterator>()> open,
             std::function<uint64_t()> handovers)
      : open_(std::move(open)), handovers_(std::move(handovers)) {}

  // One that sees all that had left the head when it was called.
  Cursor Take();
  // For the next reader.
  void GiveBack(Cursor cursor);

 private:
  const std::function<std::unique_ptr<StoreIterator>()> open_;
  const std::function<uint64_t()> handovers_;
  Mutex mutex_;
  std::vector<Cursor> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
