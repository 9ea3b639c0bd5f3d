// From text to syntax tree: the whole grammar of Prometheus 3.14, with its
// error messages and their positions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promql/parser/ast.h"
#include "tsdb/base/status.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// Grammar behind feature names, each as Prometheus' --enable-feature names it.
struct ParserOptions {
  bool experimental_functions = false;    // promql-experimental-functions
  bool duration_expressions = false;      // promql-duration-expr
  bool extended_range_selectors = false;  // promql-extended-range-selectors
  bool binary_fill_modifiers = false;     // promql-binop-fill-modifiers
};

// Parses and type-checks.
//   kInvalidArgument  "1:5: parse error: unexpected …", as Prometheus says it;
//                     nesting deeper than kMaxNesting; a tree higher than
//                     kMaxTreeHeight
StatusOr<ExprPtr> ParseExpr(std::string_view text, const ParserOptions& options);

// What `match[]` takes: one vector selector without modifiers.
StatusOr<std::vector<tsdb::Matcher>> ParseMetricSelector(std::string_view text);

// A series as text: name{label="value", …}.
StatusOr<tsdb::Labels> ParseMetric(std::string_view text);

// A duration as 1h30m or as seconds, in milliseconds, as `step` and `timeout`
// parameters take it.
StatusOr<int64_t> ParseDurationMs(std::string_view text);

// Bound on the depth of nested expressions, so that no query can exhaust a stack.
inline constexpr int kMaxNesting = 500;

// Bound on the height of the tree.  A chain such as a + b + c … is not nested, but
// each operator makes its tree one level higher.
inline constexpr int kMaxTreeHeight = 2000;

}  // namespace tidemark::promql
