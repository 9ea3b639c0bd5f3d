// The functions of PromQL and their types, as the parser checks them.
#pragma once

#include <string_view>
#include <vector>

#include "promql/parser/value_type.h"

namespace tidemark::promql {

struct Function {
  std::string_view name;
  std::vector<ValueType> arg_types;
  // 0: exactly arg_types.  Else the last of arg_types may be left out; n > 0: up
  // to n arguments of that type in all, -1: any number of them.
  int variadic = 0;
  ValueType return_type = ValueType::kVector;
  bool experimental = false;  // needs the feature promql-experimental-functions
};

// Null when there is no such function.  What it points to lives for ever.
const Function* FindFunction(std::string_view name);

// All of them, in order of name.
std::vector<const Function*> AllFunctions();

}  // namespace tidemark::promql
