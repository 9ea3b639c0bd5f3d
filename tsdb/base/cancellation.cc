#include "tsdb/base/cancellation.h"

namespace tidemark {

Status Cancellation::Check() const {
  if (cancelled()) return Cancelled("query was canceled");
  if (clock_ != nullptr && clock_->MonotonicNs() > deadline_ns_) {
    return DeadlineExceeded("query timed out");
  }
  return OkStatus();
}

}  // namespace tidemark
