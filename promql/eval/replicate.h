// What is the same at every step, evaluated once.
#pragma once

#include <memory>

#include "promql/eval/operator.h"

namespace tidemark::promql {

// `input` works at one step; its sample is repeated at each of `steps`.
std::unique_ptr<VectorOperator> MakeReplicate(Steps steps, std::unique_ptr<VectorOperator> input);
std::unique_ptr<ScalarOperator> MakeReplicate(Steps steps, std::unique_ptr<ScalarOperator> input);

}  // namespace tidemark::promql
