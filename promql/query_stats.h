// QueryStats: what a query cost.
#pragma once

#include <cstdint>
#include <vector>

namespace tidemark::promql {

// Samples are counted as in Prometheus: eval/sample_tally.h says how; a histogram
// is one per 16 bytes.
struct QueryStats {
  uint64_t series = 0;         // selected
  uint64_t total_samples = 0;  // looked at, at each step that uses them
  uint64_t samples_read = 0;   // the same, where windows overlap only once
  // One per step of the query; empty unless QueryRequest::per_step_stats.
  std::vector<uint64_t> total_samples_per_step;
  std::vector<uint64_t> samples_read_per_step;
  uint64_t peak_samples = 0;  // held at once
  uint64_t peak_memory_bytes = 0;

  // Where the time went, in nanoseconds; the sum is the evaluation's.
  int64_t preparation_ns = 0;  // parsing, planning, finding series
  int64_t inner_eval_ns = 0;   // reading and computing
  int64_t sort_ns = 0;         // putting the answer in order
  int64_t queue_ns = 0;        // waiting to begin: of who lets queries in, not the engine
};

}  // namespace tidemark::promql
