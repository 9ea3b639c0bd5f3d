// A syntax tree as JSON, as Prometheus' own UI draws it: what parse_query answers.
#pragma once

#include "promql/parser/ast.h"
#include "server/api/json_writer.h"

namespace tidemark::server {

// {"type":"call","func":{…},"args":[…]} and so on, keys in alphabetical order.
void WriteExpr(JsonWriter& json, const promql::Expr& expr);

}  // namespace tidemark::server
