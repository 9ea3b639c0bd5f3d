// Functions of instant vectors, scalars and strings that return an instant
// vector: how the planner finds and makes them.
//
// A family (math, label, time, histogram …) is a file with a table of names.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "promql/eval/operator.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// A call with its arguments made, in order; call.args[i] is what args[i] came from.
struct FunctionInput {
  EvalContext& context;
  Steps steps;
  const Call& call;
  std::vector<Operand> args;
};

struct VectorFunction {
  std::string_view name;
  StatusOr<std::unique_ptr<VectorOperator>> (*make)(FunctionInput input);
};

// Null when no family has a function of this name.
const VectorFunction* FindVectorFunction(std::string_view name);

}  // namespace tidemark::promql
