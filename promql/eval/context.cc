#include "promql/eval/context.h"

#include <fmt/format.h>

namespace tidemark::promql {

Status SampleMeter::PastLimit() const {
  return FailedPrecondition(
      "query processing would load too many samples into memory in query execution");
}

Status EvalContext::CheckRunning() const {
  const Status status = cancellation.Check();
  if (status.ok()) return status;
  return MakeStatus(status.code(), fmt::format("{} in expression evaluation", MessageOf(status)));
}

}  // namespace tidemark::promql
