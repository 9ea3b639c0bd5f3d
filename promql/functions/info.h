// info(): adds the labels of info series, such as target_info, to the series that
// they describe.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// `times` say when the info series are looked at; `selector` is info()'s second
// argument, or null.  Besides the errors of all operators:
//   kFailedPrecondition  "conflicting label: …" when two info series say different
//                        things, "found duplicate series for info metric: …",
//                        "info sample should be float"
std::unique_ptr<VectorOperator> MakeInfo(EvalContext& context, const WindowTimes& times,
                                         const VectorSelector* selector,
                                         std::unique_ptr<VectorOperator> base);

}  // namespace tidemark::promql
