// Binary operators between two vectors, but for the set operators.
#pragma once

#include <memory>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// One-to-one, many-to-one and one-to-many, with included labels and fill
// modifiers.  Holds the "one" side (of one-to-one the right one); the other side
// goes by series by series.
//
// Errors, where series meet at the same step; texts are Prometheus':
//   kFailedPrecondition  "found duplicate series for the match group …": the one
//                        side has two for a signature
//                        "multiple matches for labels: …": the result would
std::unique_ptr<VectorOperator> MakeVectorVector(EvalContext& context, Steps steps,
                                                 const BinaryExpr& expr,
                                                 std::unique_ptr<VectorOperator> lhs,
                                                 std::unique_ptr<VectorOperator> rhs);

}  // namespace tidemark::promql
