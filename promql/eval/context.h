// EvalContext: what all operators of one query share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "promql/annotations.h"
#include "promql/engine.h"
#include "promql/eval/sample_tally.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

// SampleMeter: the samples that a query holds in memory, against its limit.
//
// Whoever keeps samples for longer than one Next() takes them here (a window, the
// buffered side of a join, accumulators per group and step, the result), and
// gives them back when it lets go.  StepSeries::SampleCount is what
// one costs.  Memory is metered with them, 16 bytes each; what is no sample, such as
// labels, by TakeBytes.
//
// Threads: one.
class SampleMeter {
 public:
  explicit SampleMeter(uint64_t limit, uint64_t limit_bytes = std::numeric_limits<uint64_t>::max())
      : limit_(limit), limit_bytes_(limit_bytes) {}

  // kFailedPrecondition  past the limit; what was taken stays taken
  Status Take(uint64_t samples) {
    held_ += samples;
    peak_ = std::max(peak_, held_);
    return held_ <= limit_ ? TakeBytes(0) : PastLimit();
  }
  void Release(uint64_t samples) { held_ -= std::min(samples, held_); }

  // kFailedPrecondition  past the limit of memory; nobody gives bytes back before
  //                      the query ends
  Status TakeBytes(uint64_t bytes) {
    bytes_ += bytes;
    peak_bytes_ = std::max(peak_bytes_, held_bytes());
    return held_bytes() <= limit_bytes_ ? OkStatus() : PastMemory();
  }

  uint64_t held() const { return held_; }
  uint64_t peak() const { return peak_; }
  uint64_t held_bytes() const { return bytes_ + held_ * kBytesPerSample; }
  uint64_t peak_bytes() const { return peak_bytes_; }

 private:
  static constexpr uint64_t kBytesPerSample = 16;

  Status PastLimit() const;
  Status PastMemory() const;

  const uint64_t limit_;
  const uint64_t limit_bytes_;
  uint64_t held_ = 0;
  uint64_t peak_ = 0;
  uint64_t bytes_ = 0;  // beside samples
  uint64_t peak_bytes_ = 0;
};

// Bound on the steps of a query and of its subqueries: what one series costs at
// most, whether it has samples or not.
inline constexpr int64_t kMaxSteps = 10'000'000;

// kFailedPrecondition  more steps from start to end than kMaxSteps; `what` begins
//                      the message
Status CheckStepCount(std::string_view what, int64_t start, int64_t end, int64_t step_ms);

class PlanRecorder;

// Threads: one.  Ownership: borrows all; it outlives the operators of its query.
struct EvalContext {
  const EngineOptions& options;
  const tsdb::Querier& querier;  // covers all that the query reads
  const Cancellation& cancellation;
  Annotations& annotations;
  QueryStats& stats;
  SampleMeter meter;
  int64_t lookback_ms;
  int64_t timeout_ms = 0;  // of the query
  TierUse tiers = TierUse::kRaw;
  QueryProgress* progress = nullptr;  // may be null
  PlanRecorder* recorder = nullptr;   // notes the plan for who asked for it, or null
  int64_t lap_ns = 0;                 // when the current phase of QueryStats began
  SampleTally* tally = nullptr;       // for what is being planned; never null then
  std::vector<std::unique_ptr<SampleTally>> tallies;  // all there are

  // To be asked in every loop, at least every 50 ms of work; reads the clock and
  // tells the progress.
  //   kCancelled, kDeadlineExceeded
  Status CheckRunning() const;

  // For loops whose turns take well below a microsecond: asks at every 1024th.
  Status CheckRunning(size_t turn) const { return turn % 1024 == 0 ? CheckRunning() : OkStatus(); }

  // Ends a phase: the time since the end of the one before is added to it.
  void Lap(int64_t& phase_ns);

  // Owns `made` until the query ends.
  SampleTally& Keep(std::unique_ptr<SampleTally> made);
};

}  // namespace tidemark::promql
