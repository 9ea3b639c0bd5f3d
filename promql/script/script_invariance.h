// The same query at other times: with `@` on every selector an answer no longer
// depends on when it is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "promql/parser/parse.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// `expr` with `@ t` on all selectors and subqueries that have no time of their
// own; "" when it depends on the time in other ways, as time() does.
StatusOr<std::string> FixedAt(std::string_view expr, int64_t t, const ParserOptions& options);

}  // namespace tidemark::promql
