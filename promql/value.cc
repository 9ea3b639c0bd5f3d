#include "promql/value.h"

namespace tidemark::promql {

ValueType TypeOf(const Value& value) {
  constexpr ValueType kTypes[] = {ValueType::kScalar, ValueType::kString, ValueType::kVector,
                                  ValueType::kMatrix};
  return kTypes[value.index()];
}

}  // namespace tidemark::promql
