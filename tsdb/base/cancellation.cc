#include "tsdb/base/cancellation.h"

namespace tidemark {

Status Cancellation::Check() const {
  if (cancelled_.load(std::memory_order_relaxed)) return Cancelled("query was canceled");
  if (parent_ != nullptr) RETURN_IF_ERROR(parent_->Check());
  if (clock_ != nullptr && clock_->MonotonicNs() > deadline_ns_) {
    return DeadlineExceeded("query timed out");
  }
  return OkStatus();
}

}  // namespace tidemark
