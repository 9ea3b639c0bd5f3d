// String literals of PromQL and what their error messages show.  The escapes are
// Go's; tsdb/base/quote.h prints them.
#pragma once

#include <string>
#include <string_view>

#include "promql/parser/rune.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {

// What the literal `text` stands for, its quotes included: "…" and '…' with
// escapes, `…` without.
//   kInvalidArgument  "invalid syntax": no literal, or an unknown escape
StatusOr<std::string> Unquote(std::string_view text);

// One rune as a literal in single quotes, as error messages show it; what is no
// rune, such as the end of the text (-1), as U+FFFD.
std::string QuoteRune(Rune rune);

// "U+0071 'q'", as error messages name a rune.
std::string DescribeRune(Rune rune);

}  // namespace tidemark::promql
