// QueryProgress: how far a running query is, for others to look at.
#pragma once

#include <atomic>
#include <cstdint>

namespace tidemark::promql {

// Written by the query at each of its checks for cancellation, so at least every
// 50 ms of work; the numbers belong together only roughly.
//
// Threads: one writes, any read.  Relaxed: nothing else is published by them.
struct QueryProgress {
  std::atomic<uint64_t> series{0};        // selected
  std::atomic<uint64_t> samples{0};       // looked at, as QueryStats::total_samples
  std::atomic<uint64_t> memory_bytes{0};  // held at the moment
};

}  // namespace tidemark::promql
