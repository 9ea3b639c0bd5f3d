#include "promql/eval/context.h"

#include <fmt/format.h>

#include "promql/eval/saturate.h"

namespace tidemark::promql {

Status SampleMeter::PastLimit() const {
  return FailedPrecondition(
      "query processing would load too many samples into memory in query execution");
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
  const Status status = cancellation.Check();
  if (status.ok()) return status;
  return MakeStatus(status.code(), fmt::format("{} in expression evaluation", MessageOf(status)));
}

}  // namespace tidemark::promql
