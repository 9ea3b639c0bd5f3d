#include "promql/eval/context.h"

#include <fmt/format.h>

#include <utility>

#include "promql/eval/saturate.h"

namespace tidemark::promql {

Status SampleMeter::PastLimit() const {
  return FailedPrecondition(
      "query processing would load too many samples into memory in query execution");
}

Status SampleMeter::PastMemory() const {
  return FailedPrecondition(fmt::format(
      "query processing would take more than {} bytes of memory in query execution: narrow its "
      "selectors, use a longer step or a shorter range, or raise query.max_memory",
      limit_bytes_));
}

Status CheckStepCount(std::string_view what, int64_t start, int64_t end, int64_t step_ms) {
  const int64_t steps = SaturatingSub(end, start) / step_ms;
  if (steps < kMaxSteps) return OkStatus();
  return FailedPrecondition(
      fmt::format("{} of {} steps of {} ms is past the limit of {} steps: use a longer step or a "
                  "shorter range",
                  what, steps, step_ms, kMaxSteps));
}

Status EvalContext::CheckRunning() const {
  if (progress != nullptr) {
    progress->series.store(stats.series, std::memory_order_relaxed);
    progress->samples.store(stats.total_samples, std::memory_order_relaxed);
    progress->memory_bytes.store(meter.held_bytes(), std::memory_order_relaxed);
  }
  const Status status = cancellation.Check();
  if (status.ok()) return status;
  return MakeStatus(status.code(), fmt::format("{} in expression evaluation", MessageOf(status)));
}

void EvalContext::Lap(int64_t& phase_ns) {
  const int64_t now_ns = options.clock->MonotonicNs();
  phase_ns += now_ns - lap_ns;
  lap_ns = now_ns;
}

SampleTally& EvalContext::Keep(std::unique_ptr<SampleTally> made) {
  tallies.push_back(std::move(made));
  return *tallies.back();
}

}  // namespace tidemark::promql
