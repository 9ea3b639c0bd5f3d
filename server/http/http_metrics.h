// HttpMetrics: what the HTTP server counts about itself.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread.
// Ownership: `metrics` must outlive it; it may die before `metrics`.
class HttpMetrics {
 public:
  explicit HttpMetrics(Metrics& metrics);

  // An answer that a handler gave; `pattern` is its route's.
  void CountAnswer(const std::string& pattern, int status, double seconds);
  // A connection or request that no handler saw.
  void CountRefusal(std::string_view reason);
  void CountHangUp() { hang_ups_->Add(); }
  void CountAccepted() { accepted_->Add(); }

  // Registers tidemark_http_queue_depth and _busy_workers of one lane; the
  // atomics stay with the registry.
  struct LaneGauges {
    std::shared_ptr<std::atomic<int64_t>> queued;
    std::shared_ptr<std::atomic<int64_t>> busy;
  };
  LaneGauges AddLane(std::string_view lane);

  void SetConnections(size_t n) { connections_->store(static_cast<int64_t>(n)); }
  void SetBufferedBytes(size_t n) { buffered_bytes_->store(static_cast<int64_t>(n)); }

 private:
  std::shared_ptr<std::atomic<int64_t>> AddGauge(std::string_view name, std::string_view help,
                                                 Metrics::LabelPairs labels = {});

  Metrics& metrics_;
  Counter* hang_ups_;
  Counter* accepted_;
  // Shared with callbacks that live as long as the registry.
  std::shared_ptr<std::atomic<int64_t>> connections_;
  std::shared_ptr<std::atomic<int64_t>> buffered_bytes_;

  Mutex mutex_;
  std::map<std::pair<std::string, int>, Counter*> requests_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, BucketHistogram*> durations_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Counter*, std::less<>> refusals_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::server
