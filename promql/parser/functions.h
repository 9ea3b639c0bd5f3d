// The functions of PromQL and their types, as the parser checks them.
#pragma once

#include <string_view>
#include <vector>

#include "promql/parser/value_type.h"

namespace tidemark::promql {

struct Function {
  std::string_view name;
  std::vector<ValueType> arg_types;
  // 0: exactly arg_types; n > 0: up to n more of the last type; -1: any number.
  int variadic = 0;
  ValueType return_type = ValueType::kVector;
  bool experimental = false;  // needs the feature promql-experimental-functions
};

// Null when there is no such function.  What it points to lives for ever.
const Function* FindFunction(std::string_view name);

}  // namespace tidemark::promql
