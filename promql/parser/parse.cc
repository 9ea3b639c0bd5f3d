#include "promql/parser/parse.h"

#include "promql/parser/parser.h"
#include "promql/parser/type_check.h"

namespace tidemark::promql {

StatusOr<ExprPtr> ParseExpr(std::string_view text, const ParserOptions& options) {
  ASSIGN_OR_RETURN(ExprPtr expr, Parser(text, options).ParseWholeExpr());
  RETURN_IF_ERROR(CheckTypes(*expr, text));
  return expr;
}

StatusOr<std::vector<tsdb::Matcher>> ParseMetricSelector(std::string_view text) {
  return Parser(text, {}).ParseWholeSelector();
}

StatusOr<tsdb::Labels> ParseMetric(std::string_view text) {
  return Parser(text, {}).ParseWholeMetric();
}

}  // namespace tidemark::promql
