// Whether two answers to one query are the same, but for rounding.
#pragma once

#include <string>
#include <string_view>

#include "promql/engine.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// How `got` differs from `want`; "" where it does not.  Numbers may differ by 1e-9
// of the larger one, or by 64 units in the last place of `largest`, the largest
// number that went into them.  Series may come in any order.  Of errors it counts
// that there is one; annotations are compared word by word, with the positions of
// `expr`.
std::string Difference(const StatusOr<QueryResult>& want, const StatusOr<QueryResult>& got,
                       std::string_view expr, double largest);

}  // namespace tidemark::promql
