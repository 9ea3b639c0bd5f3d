#include "tsdb/block/raw_cursors.h"

namespace tidemark::tsdb {

RawCursors::Cursor RawCursors::Take() {
  const uint64_t now = handovers_();
  {
    MutexLock lock(mutex_);
    while (!free_.empty()) {
      Cursor cursor = std::move(free_.back());
      free_.pop_back();
      if (cursor.handovers == now) return cursor;
    }
  }
  return {open_(), now};
}

void RawCursors::GiveBack(Cursor cursor) {
  MutexLock lock(mutex_);
  free_.push_back(std::move(cursor));
}

}  // namespace tidemark::tsdb
