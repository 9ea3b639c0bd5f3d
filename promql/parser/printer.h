// From syntax tree to text, so that parsing it again gives the same tree.
#pragma once

#include <string>

#include "promql/parser/ast.h"

namespace tidemark::promql {

// On one line, as Prometheus prints expressions.
std::string Print(const Expr& expr);

// Indented over several lines, as /api/v1/format_query answers.
std::string PrettyPrint(const Expr& expr);

}  // namespace tidemark::promql
