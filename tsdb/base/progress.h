// Progress: how long work says what it is doing, and learns that it need not go
// on.
#pragma once

#include <functional>
#include <string_view>

#include "tsdb/base/cancellation.h"
#include "tsdb/base/status.h"

namespace tidemark {

struct Progress {
  // For a person who waits: "replaying the journal: 40%".  May be empty; called
  // from the thread that works, some times a second.
  std::function<void(std::string_view)> report;
  // May be null; must outlive the work.
  const Cancellation* cancellation = nullptr;

  // Reports, and says whether to go on: kCancelled if not.
  Status Step(std::string_view doing) const {
    if (report) report(doing);
    return cancellation == nullptr ? OkStatus() : cancellation->Check();
  }
};

}  // namespace tidemark
