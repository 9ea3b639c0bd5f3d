// EvalContext: what all operators of one query share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "promql/annotations.h"
#include "promql/engine.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

// SampleMeter: the samples that a query holds in memory, against its limit.
//
// Whoever keeps samples for longer than one Next() takes them here (a window, the
// buffered side of a join, accumulators per group and step, the result), and
// gives them back when it lets go.  StepSeries::SampleCount is what
// one costs.
//
// Threads: one.
class SampleMeter {
 public:
  explicit SampleMeter(uint64_t limit) : limit_(limit) {}

  // kFailedPrecondition  past the limit; what was taken stays taken
  Status Take(uint64_t samples) {
    held_ += samples;
    peak_ = std::max(peak_, held_);
    return held_ <= limit_ ? OkStatus() : PastLimit();
  }
  void Release(uint64_t samples) { held_ -= std::min(samples, held_); }

  uint64_t held() const { return held_; }
  uint64_t peak() const { return peak_; }

 private:
  Status PastLimit() const;

  const uint64_t limit_;
  uint64_t held_ = 0;
  uint64_t peak_ = 0;
};

// Bound on the steps of a query and of its subqueries: what one series costs at
// most, whether it has samples or not.
inline constexpr int64_t kMaxSteps = 10'000'000;

// kFailedPrecondition  more steps from start to end than kMaxSteps; `what` begins
//                      the message
Status CheckStepCount(std::string_view what, int64_t start, int64_t end, int64_t step_ms);

// Threads: one.  Ownership: borrows all; it outlives the operators of its query.
struct EvalContext {
  const EngineOptions& options;
  const tsdb::Querier& querier;  // covers all that the query reads
  const Cancellation& cancellation;
  Annotations& annotations;
  QueryStats& stats;
  SampleMeter meter;
  int64_t lookback_ms;

  // To be asked in every loop, at least every 50 ms of work; reads the clock.
  //   kCancelled, kDeadlineExceeded
  Status CheckRunning() const;
};

}  // namespace tidemark::promql
