// ConflictLog: tells in the log of samples that met another value at their time,
// at most one line in ten seconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "tsdb/base/clock.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread.
class ConflictLog {
 public:
  explicit ConflictLog(const Clock& clock) : clock_(clock) {}

  // `describe` makes the example; it is called only when a line is due.  True
  // when one was written.
  bool Note(std::string_view tenant, const tsdb::CommitReport& report,
            const std::function<std::string(tsdb::SeriesRef)>& describe);

 private:
  bool IsDue();

  const Clock& clock_;
  std::atomic<int64_t> next_ns_{std::numeric_limits<int64_t>::min()};
  std::atomic<uint64_t> untold_{0};  // since the last line
};

}  // namespace tidemark::server
