#include "promql/eval/context.h"

namespace tidemark::promql {

Status SampleMeter::PastLimit() const {
  return FailedPrecondition(
      "query processing would load too many samples into memory in query execution");
}

}  // namespace tidemark::promql
